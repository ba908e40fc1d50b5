"""What the tests of the worker are made of."""

from typing import Any

from services.ingest.adapters.intake import Intake
from services.ingest.adapters.pulling.report_sink import ReportSink
from services.ingest.adapters.pulling.source_task import SourceTask
from services.ingest.domain.ports import Publisher
from services.ingest.domain.pulling.ports import PositionStore, Puller
from tests.ingest.builders import NOON, REUTERS


async def do_not_sleep(_seconds: float) -> None:
    """Time that a test does not have."""


def sink(publisher: Publisher) -> ReportSink:
    """The real sink of the source reuters."""
    return ReportSink(Intake(publisher, lambda: NOON), REUTERS, sleep=do_not_sleep)


def task(
    puller: Puller, publisher: Publisher, positions: PositionStore, poll: float = 0.01
) -> SourceTask:
    """The real task of the source reuters."""
    return SourceTask("reuters", poll, puller, sink(publisher), positions, lambda: NOON)


def reports(*ids: str) -> list[dict[str, Any]]:
    """A report for each id."""
    return [{"id": id_, "text": f"Rockets hit the base: {id_}."} for id_ in ids]


async def read_all(puller: Puller, position: str | None) -> tuple[list[str], str | None]:
    """The ids of all that is new, and the position after it."""
    ids: list[str] = []
    async for pulled in puller.pull(position):
        ids += [report["id"] for report in pulled.reports if isinstance(report, dict)]
        position = pulled.position
    return ids, position
