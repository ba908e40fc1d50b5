"""When each source was last heard."""

from prometheus_client import REGISTRY

from services.ingest.adapters.intake import Intake
from services.ingest.adapters.metrics import MOST_SOURCES, LastSeen
from services.ingest.domain.reporter import Reporter
from tests.fakes import FakePublisher
from tests.ingest.builders import NOON, report


def last_seen(source: str) -> float | None:
    name = "vedette_ingest_source_last_seen_timestamp_seconds"
    return REGISTRY.get_sample_value(name, {"source": source})


async def test_a_source_was_last_seen_when_its_report_was_accepted() -> None:
    intake, reporter = Intake(FakePublisher(), lambda: NOON), Reporter("seen")

    await intake.take([report(lat=91)], reporter)
    refused = last_seen("seen")
    await intake.take([report()], reporter)

    assert (refused, last_seen("seen")) == (None, NOON.timestamp())


def test_no_more_sources_are_shown_than_the_bound() -> None:
    noted = LastSeen()

    for number in range(MOST_SOURCES + 1):
        noted.note(f"bounded-{number}", NOON)

    shown = [last_seen(f"bounded-{number}") for number in range(MOST_SOURCES + 1)]
    assert shown == [NOON.timestamp()] * MOST_SOURCES + [None]
