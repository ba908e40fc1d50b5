from datetime import UTC, datetime
from typing import Any

import pytest

from services.ingest.domain.acled.page import UnreadablePage, read_access_token, read_page
from services.ingest.domain.acled.report import AcledItemReader
from services.ingest.domain.normalize import ReportContext, StoredEvent, normalize
from services.ingest.domain.reporter import Reporter
from services.ingest.domain.sources.items import RefusedItem, ReportDraft, SkippedItem, SourceItem
from services.ingest.domain.sources.polled_sources import AcledSource
from tests.ingest.acled.builders import ROW, page

LATER = datetime(2026, 11, 27, tzinfo=UTC)


def read(raw: bytes, **changes: Any) -> list[SourceItem]:
    source = AcledSource.model_validate({"id": "acled", "path": "/data", **changes})
    return list(AcledItemReader.of_source(source).read_items(raw))


def body_of(**changes: str) -> dict[str, Any]:
    [draft] = read(page(ROW | changes))
    assert isinstance(draft, ReportDraft), draft
    return dict(draft.body)


def test_a_row_becomes_an_event_that_ingest_takes() -> None:
    stored = normalize(body_of(), ReportContext(Reporter("acled"), LATER))

    assert isinstance(stored, StoredEvent), stored
    event = stored.event
    assert event.title == "Armed clash: Islamic State / Military Forces of Iraq, Muqdadiyah"
    assert (event.id, event.type, event.country) == ("IRQ12345", "assault", "IQ")
    assert event.actors == ("Islamic State",)
    assert event.targets[0] == "Military Forces of Iraq"
    assert event.quantities == {"fatalities": 3}
    assert event.occurred_at == datetime(2026, 11, 20, tzinfo=UTC)
    assert event.attributes["reported_by"] == "Iraqi News Agency"


@pytest.mark.parametrize(
    ("precision", "first", "last"),
    [("1", (11, 20), (11, 20)), ("2", (11, 17), (11, 23)), ("3", (11, 1), (11, 30))],
)
def test_an_imprecise_date_is_an_interval(
    precision: str, first: tuple[int, int], last: tuple[int, int]
) -> None:
    body = body_of(time_precision=precision)

    assert body["occurred_at"] == datetime(2026, *first, tzinfo=UTC)
    assert body["occurred_until"] == datetime(2026, *last, 23, 59, 59, tzinfo=UTC)


def test_an_export_as_csv_gives_the_same_as_the_api() -> None:
    cells = ('"' + value.replace('"', '""') + '"' for value in ROW.values())
    raw = f"{','.join(ROW)}\n{','.join(cells)}\n".encode()

    [from_csv], [from_api] = read(raw), read(page(ROW))

    assert isinstance(from_csv, ReportDraft)
    assert isinstance(from_api, ReportDraft)
    assert from_csv.body == from_api.body


def test_other_countries_are_left_out() -> None:
    items = read(page(ROW, ROW | {"country": "Syria"}), countries=["IQ"])

    assert [type(item) for item in items] == [ReportDraft, SkippedItem]


@pytest.mark.parametrize("raw", [b"{", b'{"success": false, "error": "no access"}', b'{"data": 3}'])
def test_what_is_no_page_is_refused(raw: bytes) -> None:
    [item] = read(raw)

    assert isinstance(item, RefusedItem)


def test_the_reason_of_acled_is_passed_on() -> None:
    with pytest.raises(UnreadablePage, match="no access"):
        read_page(b'{"success": false, "error": "no access"}')


@pytest.mark.parametrize("raw", [b"{}", b'{"access_token": 3}', b'{"access_token": "a\\r\\nb"}'])
def test_a_login_without_a_usable_token_fails(raw: bytes) -> None:
    with pytest.raises(UnreadablePage):
        read_access_token(raw)
