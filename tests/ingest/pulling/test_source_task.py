import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from services.ingest.domain.batch import EventsMessage
from services.ingest.domain.fetching.failure import FailureReason, FetchFailed
from services.ingest.domain.pulling.ports import NotLeading
from tests.fakes import FakePositions, FakePublisher, FakePuller
from tests.ingest.builders import NOON
from tests.ingest.pulling.builders import reports, task

IDS = ("a", "b", "c", "d", "e")
AWAY = FetchFailed(FailureReason.STATUS, "news.example answers 503", wait=7)


class Killed(BaseException):
    """kill -9."""


@dataclass
class MortalPublisher(FakePublisher):
    """Dies at the step that is given: before it writes, or before it has an acknowledgement."""

    dies_at: int = -1
    step: int = 0

    async def publish(self, messages: Sequence[EventsMessage]) -> Sequence[bool]:
        self.go()
        acknowledged = await super().publish(messages)
        self.go()
        return acknowledged

    def go(self) -> None:
        self.step += 1
        if self.step == self.dies_at:
            raise Killed


@dataclass
class MortalPositions(FakePositions):
    """Dies with its publisher, before a position is written or before that is known."""

    publisher: MortalPublisher = field(default_factory=MortalPublisher)

    async def save(self, source: str, position: str) -> None:
        self.publisher.go()
        await super().save(source, position)
        self.publisher.go()


def published(publisher: FakePublisher) -> list[str]:
    values = [json.loads(message.value) for message in publisher.published]
    events = [
        event for value in values for event in (value if isinstance(value, list) else [value])
    ]
    return [event["id"] for event in events]


async def test_what_is_new_is_published_once() -> None:
    puller, publisher, positions = FakePuller(reports(*IDS)), FakePublisher(), FakePositions()
    reading = task(puller, publisher, positions)

    await reading.read_once()
    puller.reports += reports("f")
    await reading.read_once()

    assert sorted(published(publisher)) == [*IDS, "f"]


async def test_a_lost_position_repeats_the_same_reports() -> None:
    publisher, positions = FakePublisher(), FakePositions()
    reading = task(FakePuller(reports(*IDS)), publisher, positions)

    await reading.read_once()
    positions.positions.clear()
    await reading.read_once()

    assert sorted(published(publisher)) == sorted(IDS * 2)


async def test_a_worker_killed_at_any_step_loses_nothing_and_repeats_one_batch_at_most() -> None:
    for step in range(1, 100):
        publisher = MortalPublisher(dies_at=step)
        positions = MortalPositions(publisher=publisher)
        puller = FakePuller(reports(*IDS))
        try:
            await task(puller, publisher, positions).read_once()
        except Killed:
            await task(puller, publisher, positions).read_once()
        else:
            break
        names = published(publisher)
        assert set(names) == set(IDS), step
        assert len(names) <= len(IDS) + puller.at_once, step
    assert step == 4 * 3 + 1


async def test_a_report_that_kafka_did_not_take_is_sent_again_before_the_position_moves() -> None:
    publisher, positions = FakePublisher(deaf=frozenset(range(4))), FakePositions()
    reading = task(FakePuller(reports("a")), publisher, positions)
    pauses: list[dict[str, str]] = []

    async def recover(_seconds: float) -> None:
        pauses.append(dict(positions.positions))
        if len(pauses) == 3:
            publisher.deaf = frozenset()

    reading.sink.sleep = recover
    await reading.read_once()

    assert pauses[1:] == [{}, {}]
    assert published(publisher) == ["a"]
    assert positions.positions == {"reuters": "1"}


async def test_without_the_lease_no_position_moves() -> None:
    positions = FakePositions(is_leading=False)

    with pytest.raises(NotLeading):
        await task(FakePuller(reports("a")), FakePublisher(), positions).read_once()

    assert positions.positions == {}


async def test_duty_engineers_hear_of_the_third_failure_and_of_no_success() -> None:
    puller = FakePuller(failure=AWAY)
    reading = task(puller, FakePublisher(), FakePositions())

    waits = [await reading.read_once() for _ in range(2)]
    assert not reading.health.is_due(NOON)
    waits.append(await reading.read_once())

    assert waits == [7, 7, 7]
    assert reading.health.is_due(NOON)
    assert reading.health.fault == "news.example answers 503"

    puller.failure = None
    await reading.read_once()
    assert not reading.health.is_due(NOON)


async def test_a_source_whose_reports_are_all_refused_fails() -> None:
    nothing = [{"id": "a"}, {"id": "b"}]
    reading = task(FakePuller(nothing), FakePublisher(), FakePositions())

    await reading.read_once()

    assert reading.health.fault is not None
    assert "all are refused of 2 reports" in reading.health.fault
    assert "title or text" in reading.health.fault


async def test_one_refused_report_holds_up_no_other() -> None:
    publisher = FakePublisher()
    reading = task(FakePuller([{"id": "a"}, *reports("b")]), publisher, FakePositions())

    await reading.read_once()

    assert published(publisher) == ["b"]
    assert reading.health.fault is None


async def test_a_bug_with_one_source_is_counted_as_its_failure() -> None:
    broken = FakePuller(failure=ZeroDivisionError())
    reading = task(broken, FakePublisher(), FakePositions())

    await reading.read_once()

    assert reading.health.failures == 1


async def test_while_positions_cannot_be_read_nothing_is_fetched() -> None:
    publisher = FakePublisher()
    reading = task(FakePuller(reports("a")), publisher, FakePositions(away=True))

    assert await reading.read_once() == 1
    assert published(publisher) == []
    assert reading.health.failures == 0
