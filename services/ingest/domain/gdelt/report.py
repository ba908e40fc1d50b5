"""Rows of a file of events → drafts of reports."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from services.counts import format_count
from services.ingest.domain.gdelt.archive import UnreadableArchive, unpack
from services.ingest.domain.gdelt.columns import COLUMNS
from services.ingest.domain.sources.items import SkippedItem, SourceItem, refuse_item
from services.ingest.domain.sources.mapping import ItemMapper
from services.ingest.domain.sources.mapping_document import MappingDocument
from services.ingest.domain.sources.polled_sources import GdeltSource
from services.ingest.domain.values.countries import find_fips_country
from services.ingest.domain.values.event_codes import find_cameo_name

GDELT_MAPPING = MappingDocument.model_validate(
    {
        "markup": "plain",
        "type_codes": "cameo",
        "fields": {
            "id": "GLOBALEVENTID",
            "title": "title",
            "type": "EventCode",
            "occurred_at": "SQLDATE",
            "published_at": "DATEADDED",
            "url": "SOURCEURL",
            "actors": "Actor1Name",
            "targets": "Actor2Name",
            "country": "country",
            "admin1": "ActionGeo_ADM1Code",
            "place": "ActionGeo_FullName",
            "lat": "ActionGeo_Lat",
            "lon": "ActionGeo_Long",
        },
        "quantities": {
            "goldstein": "GoldsteinScale",
            "mentions": "NumMentions",
            "sources": "NumSources",
            "articles": "NumArticles",
            "tone": "AvgTone",
        },
        "attributes": {
            "cameo": "EventCode",
            "cameo_root": "EventRootCode",
            "quad_class": "QuadClass",
            "actor1_code": "Actor1Code",
            "actor2_code": "Actor2Code",
        },
    }
)
"""What a row becomes, but for what the mapping of a source replaces."""


@dataclass(frozen=True, slots=True)
class GdeltItemReader:
    """Implements ItemReader for files of GDELT 2.0 events, packed or not."""

    source: GdeltSource
    mapper: ItemMapper

    @classmethod
    def of_source(cls, source: GdeltSource) -> Self:
        """The reader of a source."""
        return cls(source, ItemMapper.of_format(source, GDELT_MAPPING))

    def read_items(self, raw: bytes) -> Iterator[SourceItem]:
        """What becomes of each row. Never raises."""
        try:
            lines = unpack(raw).decode("utf-8", "replace").split("\n")
        except UnreadableArchive as error:
            yield refuse_item("the file", str(error))
            return
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield self._read_row(line.rstrip("\r"), f"line {number}")

    def _read_row(self, line: str, place: str) -> SourceItem:
        values = line.split("\t")
        if len(values) != len(COLUMNS):
            message = f"{format_count(len(values), 'column')}: GDELT 2.0 events have {len(COLUMNS)}"
            return refuse_item(place, message)
        row: dict[str, Any] = dict(zip(COLUMNS, values, strict=True))
        row["country"] = find_fips_country(row["ActionGeo_CountryCode"]) or ""
        if (reason := self._find_reason_to_skip(row)) is not None:
            return SkippedItem(place, reason)
        row["title"] = _describe(row)
        return self.mapper.map_item(row, place)

    def _find_reason_to_skip(self, row: Mapping[str, str]) -> str | None:
        if self.source.countries and row["country"] not in self.source.countries:
            return f"countries: it is in {row['country'] or 'no country'}"
        if self.source.root_codes and row["EventRootCode"] not in self.source.root_codes:
            return f"root_codes: it has {row['EventRootCode'][:20]}"
        return None


def _describe(row: Mapping[str, str]) -> str:
    """A title, since GDELT has no words: who did what to whom, and where."""
    act = find_cameo_name(row["EventCode"]) or f"event {row['EventCode']}"
    target = f" ({row['Actor2Name']})" if row["Actor2Name"] else ""
    place = f", {row['ActionGeo_FullName']}" if row["ActionGeo_FullName"] else ""
    return f"{row['Actor1Name'] or 'Unknown actor'}: {act}{target}{place}"
