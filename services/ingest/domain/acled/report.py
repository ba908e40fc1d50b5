"""Rows of ACLED → drafts of reports."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from services.ingest.domain.acled.page import UnreadablePage, read_page
from services.ingest.domain.acled.row import complete_row, find_version
from services.ingest.domain.files.csv_rows import CsvFormat
from services.ingest.domain.files.file_items import ItemMaker
from services.ingest.domain.files.whole_file import WholeFileReader
from services.ingest.domain.pulling.changes import ItemChange, name_version
from services.ingest.domain.sources.items import ReportDraft, SkippedItem, SourceItem, refuse_item
from services.ingest.domain.sources.mapping import ItemMapper
from services.ingest.domain.sources.mapping_document import MappingDocument
from services.ingest.domain.sources.polled_sources import AcledSource
from services.ingest.domain.values.countries import find_country

ACLED_MAPPING = MappingDocument.model_validate(
    {
        "markup": "plain",
        "type_codes": "acled",
        "fields": {
            "id": "event_id_cnty",
            "title": "title",
            "text": "notes",
            "type": "[sub_event_type, event_type]",
            "occurred_at": "first_day || event_date",
            "occurred_until": "last_day",
            "published_at": "timestamp",
            "actors": "[actor1, assoc_actor_1][?@]",
            "targets": "[actor2, assoc_actor_2][?@]",
            "country": "country",
            "admin1": "admin1",
            "place": "location",
            "lat": "latitude",
            "lon": "longitude",
        },
        "quantities": {"fatalities": "fatalities"},
        "attributes": {
            "event_type": "event_type",
            "sub_event_type": "sub_event_type",
            "disorder_type": "disorder_type",
            "reported_by": "source",
            "tags": "tags",
        },
    }
)
"""What a row becomes, but for what the mapping of a source replaces."""


@dataclass(frozen=True, slots=True)
class AcledMaker(ItemMaker):
    """Makes reports of rows; those of other countries are left out."""

    countries: tuple[str, ...] = ()

    def make(self, value: Any, place: str) -> SourceItem:
        """The report of one row."""
        if not isinstance(value, Mapping) or self.mapper is None:
            return refuse_item(place, "no row of ACLED")
        country = find_country(value.get("country")) if self.countries else None
        if self.countries and country not in self.countries:
            return SkippedItem(place, f"countries: it is in {country or 'no country'}")
        return self.mapper.map_item(complete_row(value), place)

    def make_version(self, row: Mapping[str, Any], change: ItemChange) -> SourceItem:
        """The report of one version of an event."""
        return name_version(self.make(row, change.id), change)


@dataclass(frozen=True, slots=True)
class AcledItemReader:
    """Implements ItemReader for a page of the API, or an export as CSV."""

    maker: AcledMaker

    @classmethod
    def of_source(cls, source: AcledSource) -> Self:
        """The reader of a source."""
        return cls(AcledMaker(ItemMapper.of_format(source, ACLED_MAPPING), source.countries))

    @property
    def csv(self) -> CsvFormat:
        """The format of an export."""
        return CsvFormat(self.maker)

    def read_items(self, raw: bytes) -> Iterator[SourceItem]:
        """What becomes of each row. Never raises."""
        if not raw.lstrip().startswith(b"{"):
            yield from WholeFileReader(self.csv).read_items(raw)
            return
        try:
            rows: Sequence[Any] = read_page(raw)
        except UnreadablePage as error:
            yield refuse_item("the page", str(error))
            return
        for row in rows:
            yield self.maker.make(row, find_version(row)[0])


def make_retraction(id_: str) -> ReportDraft:
    """The report that an event was deleted."""
    return ReportDraft({"id": f"{id_}#deleted", "retracts": id_}, id_)
