from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from services.ingest.adapters.fetching.fetcher import Fetcher
from services.ingest.adapters.sources.credentials import CredentialReader
from services.ingest.app.pullers import PullerBuilder
from services.ingest.domain.fetching.failure import FailureReason, FetchFailed
from services.ingest.domain.pulling.ports import PulledReports, Puller
from services.ingest.domain.sources.polled_sources import AcledSource
from tests.ingest.acled.builders import ROW, page
from tests.ingest.builders import NOON
from tests.standins.site import SiteStandIn

SECRETS = {"SOURCE_USER": "me@example.org", "SOURCE_PASSWORD": "hunter2"}


class AcledStandIn(SiteStandIn):
    """Answers by the time that is asked for, as the API does; a page has one row."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[dict[str, str]] = []
        self.deleted: list[dict[str, str]] = []
        self.logins: list[bytes] = []

    def answer(self, path: str, form: bytes) -> bytes | None:
        parts = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/token":
            self.logins.append(form)
            return b'{"access_token": "t0ken"}'
        name = "deleted_timestamp" if parts.path == "/deleted" else "timestamp"
        rows = self.deleted if parts.path == "/deleted" else self.rows
        return page(*(row for row in rows if int(row[name]) > int(query[name])))


@pytest.fixture
def acled() -> Iterator[AcledStandIn]:
    with AcledStandIn() as server:
        yield server


def puller(acled: SiteStandIn, **changes: object) -> Puller:
    source = {
        "id": "acled",
        "url": f"{acled.url}/read",
        "deleted_url": f"{acled.url}/deleted",
        "token_url": f"{acled.url}/token",
        "username": {"env": "SOURCE_USER"},
        "password": {"env": "SOURCE_PASSWORD"},
        "private_hosts": ["127.0.0.1"],
    }
    fetcher = Fetcher("Vedette/test", lambda: NOON)
    builder = PullerBuilder(fetcher, Path(), CredentialReader(SECRETS))
    return builder.build(AcledSource.model_validate(source | changes))


async def read(
    puller: Puller, position: str | None
) -> tuple[list[tuple[str, str | None]], str | None]:
    """Each id, and what it corrects."""
    pulled: list[PulledReports] = [each async for each in puller.pull(position)]
    reports = [report for each in pulled for report in each.reports if isinstance(report, dict)]
    ids = [(each["id"], each.get("supersedes") or each.get("retracts")) for each in reports]
    return ids, pulled[-1].position if pulled else position


def row(id_: str, timestamp: int) -> dict[str, str]:
    return ROW | {"event_id_cnty": id_, "timestamp": str(timestamp)}


async def test_events_are_read_once_edited_and_retracted(acled: AcledStandIn) -> None:
    reading, start = puller(acled), int(NOON.timestamp())
    acled.rows = [row("IRQ1", start - 10), row("IRQ2", start - 9)]
    first, position = await read(reading, None)
    acled.rows.append(row("IRQ1", start + 5) | {"fatalities": "4"})
    acled.deleted.append({"event_id_cnty": "IRQ2", "deleted_timestamp": str(start + 6)})

    second, position = await read(reading, position)
    third, _ = await read(reading, position)

    assert first == [("IRQ1", None), ("IRQ2", None)]
    assert second == [(f"IRQ1#{start + 5}", "IRQ1"), ("IRQ2#deleted", "IRQ2")]
    assert third == []


async def test_the_account_is_shown_to_the_login_alone(acled: AcledStandIn) -> None:
    await read(puller(acled), None)

    assert b"hunter2" in acled.logins[0]
    assert not any("hunter2" in path for path in acled.requests)


async def test_the_first_reading_goes_back_as_far_as_the_file_says(acled: AcledStandIn) -> None:
    await read(puller(acled, since="7d", countries=["IQ", "IR"]), None)

    query = parse_qs(urlsplit(acled.requests[1]).query)
    assert query["timestamp"] == [str(int(NOON.timestamp()) - 7 * 86400)]
    assert query["iso"] == ["368:OR:iso=364"]


async def test_a_lost_position_gives_the_same_ids_again(acled: AcledStandIn) -> None:
    acled.rows = [row("IRQ1", int(NOON.timestamp()))]

    assert (await read(puller(acled), None))[0] == (await read(puller(acled), None))[0]


async def test_what_acled_refuses_is_said(acled: AcledStandIn) -> None:
    with pytest.raises(FetchFailed) as failed:
        await read(puller(acled, token_url=f"{acled.url}/read?timestamp=0"), None)

    assert failed.value.reason is FailureReason.UNREADABLE
