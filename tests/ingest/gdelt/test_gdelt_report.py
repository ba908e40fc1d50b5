from datetime import UTC, datetime
from typing import Any
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED

import pytest

from services.ingest.domain.gdelt.archive import LARGEST_FILE
from services.ingest.domain.gdelt.columns import COLUMNS
from services.ingest.domain.gdelt.report import GdeltItemReader
from services.ingest.domain.normalize import ReportContext, StoredEvent, normalize
from services.ingest.domain.reporter import Reporter
from services.ingest.domain.sources.items import RefusedItem, ReportDraft, SkippedItem, SourceItem
from services.ingest.domain.sources.polled_sources import GdeltSource
from tests.ingest.gdelt.builders import packed, row

LATER = datetime(2026, 11, 26, 12, 5, tzinfo=UTC)


def read(raw: bytes, **source: Any) -> list[SourceItem]:
    document = GdeltSource.model_validate({"id": "gdelt", **source})
    return list(GdeltItemReader.of_source(document).read_items(raw))


def test_a_row_becomes_an_event_that_ingest_takes() -> None:
    [draft] = read(row())
    assert isinstance(draft, ReportDraft)

    stored = normalize(dict(draft.body), ReportContext(Reporter("gdelt"), LATER))

    assert isinstance(stored, StoredEvent), stored
    event = stored.event
    assert event.title == "MILITIA: fight (UNITED STATES), Baghdad, Baghdad, Iraq"
    assert (event.id, event.type, event.country, event.admin1) == ("1275", "assault", "IQ", "IZ07")
    assert (event.actors, event.targets) == (("MILITIA",), ("UNITED STATES",))
    assert event.occurred_at == datetime(2026, 11, 26, tzinfo=UTC)
    assert event.occurred_until == datetime(2026, 11, 26, 23, 59, 59, tzinfo=UTC)
    assert event.published_at == datetime(2026, 11, 26, 12, tzinfo=UTC)
    assert event.quantities["goldstein"] == -10
    assert event.attributes["cameo"] == "190"


def test_a_packed_file_is_unpacked() -> None:
    assert read(packed(row() + row(GLOBALEVENTID="1276"))) == read(
        row() + row(GLOBALEVENTID="1276")
    )


def test_other_countries_and_acts_are_left_out() -> None:
    raw = row() + row(ActionGeo_CountryCode="FR") + row(EventRootCode="04")

    items = read(raw, countries=["IQ"], root_codes=["19"])

    assert [type(item) for item in items] == [ReportDraft, SkippedItem, SkippedItem]


def test_a_row_of_another_form_is_refused_with_its_line() -> None:
    good, bad = read(row() + b"a\tb\n")

    assert isinstance(good, ReportDraft)
    assert isinstance(bad, RefusedItem)
    assert bad.place == "line 2"
    assert "GDELT 2.0 events have 61" in bad.errors[0].message


def test_a_row_without_names_has_a_title_too() -> None:
    [draft] = read(row(Actor1Name="", Actor2Name="", ActionGeo_FullName="", EventCode="99"))

    assert isinstance(draft, ReportDraft)
    assert draft.body["title"] == "Unknown actor: event 99"


def test_bytes_that_are_no_text_end_nothing() -> None:
    [draft] = read(row().replace(b"MILITIA", b"MILIT\xff"))

    assert isinstance(draft, ReportDraft)


@pytest.mark.parametrize(
    "raw",
    [b"PK\x03\x04", packed(row())[:-30], packed(bytes(LARGEST_FILE + 1))],
    ids=["no archive", "cut", "bomb"],
)
def test_an_archive_that_cannot_be_unpacked_is_one_refusal(raw: bytes) -> None:
    [item] = read(raw)

    assert isinstance(item, RefusedItem)


@pytest.mark.parametrize("method", [ZIP_STORED, ZIP_DEFLATED, ZIP_BZIP2, ZIP_LZMA])
def test_no_byte_that_is_damaged_ends_anything(method: int) -> None:
    whole = packed(row(), method=method)

    for index in range(2, len(whole)):
        for damage in (0, 0x7F, 0xFF):
            raw = whole[:index] + bytes([damage]) + whole[index + 1 :]
            assert all(isinstance(item, ReportDraft | RefusedItem) for item in read(raw))


def test_columns_are_those_of_the_codebook() -> None:
    assert len(COLUMNS) == len(set(COLUMNS)) == 61
    assert COLUMNS.index("EventCode") == 26
    assert COLUMNS.index("ActionGeo_CountryCode") == 53
