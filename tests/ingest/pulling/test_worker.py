import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from schemas.signal import Signal
from services.ingest.adapters.pulling.source_task import SourceTask
from services.ingest.adapters.pulling.worker import PullWorker
from services.ingest.domain.fetching.failure import FailureReason, FetchFailed
from tests.fakes import FakeClock, FakePositions, FakePublisher, FakePuller
from tests.ingest.pulling.builders import reports, task
from tests.parts.waiting import until_in_loop

AWAY = FetchFailed(FailureReason.STATUS, "news.example answers 503")
LEASE = 0.08


class Duty:
    """What duty engineers hear."""

    def __init__(self) -> None:
        self.signals: list[Signal] = []

    async def __call__(self, signal: Signal) -> bool:
        self.signals.append(signal)
        return True


def worker(
    positions: FakePositions, tasks: Sequence[SourceTask], duty: Duty, clock: FakeClock
) -> PullWorker:
    return PullWorker(positions, lambda: tasks, duty, clock, LEASE)


async def run_for(running: PullWorker, seconds: float = 0.15) -> None:
    stopping = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, stopping.set)
    await running.run(stopping)


async def run_until(running: PullWorker, look: Callable[[], object]) -> None:
    stopping = asyncio.Event()
    ended = asyncio.create_task(running.run(stopping))
    await until_in_loop(look, "what it is run for")
    stopping.set()
    await ended


async def test_the_leader_reads_every_source_and_frees_the_lease_at_its_end() -> None:
    publisher, positions = FakePublisher(), FakePositions()
    tasks = [task(FakePuller(reports(id_)), publisher, FakePositions()) for id_ in "ab"]

    leader = worker(positions, tasks, Duty(), FakeClock())
    await run_until(leader, lambda: len(publisher.published) == 2)

    assert not positions.is_leading


async def test_who_has_no_lease_reads_nothing_and_has_no_fault() -> None:
    publisher = FakePublisher()
    waiting = worker(
        FakePositions(is_leading=False),
        [task(FakePuller(reports("a")), publisher, FakePositions())],
        Duty(),
        FakeClock(),
    )

    await run_for(waiting)

    assert publisher.published == []
    assert waiting.fault() is None


async def test_a_source_that_hangs_slows_no_other() -> None:
    publisher, positions = FakePublisher(), FakePositions()
    pullers = (FakePuller(hangs=True), FakePuller(reports("a")))
    tasks = [task(puller, publisher, positions) for puller in pullers]
    running = worker(positions, tasks, Duty(), FakeClock())
    ended = asyncio.create_task(running.run(asyncio.Event()))

    await until_in_loop(lambda: publisher.published, "the other is read")

    ended.cancel()
    await asyncio.gather(ended, return_exceptions=True)


async def test_a_worker_that_cannot_renew_its_lease_stops_before_it_runs_out() -> None:
    positions, puller = FakePositions(), FakePuller()
    reading = task(puller, FakePublisher(), FakePositions())
    running = worker(positions, [reading], Duty(), FakeClock())
    stopping = asyncio.Event()
    ended = asyncio.create_task(running.run(stopping))
    await asyncio.sleep(0.03)
    positions.away = True
    await asyncio.sleep(0.3)
    publisher = FakePublisher()
    puller.reports += reports("a")
    reading.sink.intake = replace(reading.sink.intake, publisher=publisher)
    await asyncio.sleep(0.05)

    assert running.fault() == "Redis: nobody there"
    assert publisher.published == []
    stopping.set()
    await ended


async def test_duty_engineers_hear_of_a_failing_source_every_five_minutes() -> None:
    duty, clock, positions = Duty(), FakeClock(), FakePositions()
    failing = task(FakePuller(failure=AWAY), FakePublisher(), positions)
    for _ in range(3):
        await failing.read_once()
    failing.poll = 3600
    running = worker(positions, [failing], duty, clock)

    await run_until(running, lambda: duty.signals)
    assert [signal.group for signal in duty.signals] == [{"source": "reuters"}]
    assert duty.signals[0].fields == {"fault": "news.example answers 503"}

    positions.is_leading = True
    clock.move(timedelta(minutes=5).total_seconds())
    await run_until(running, lambda: len(duty.signals) == 2)


async def test_sources_that_change_are_followed_and_the_others_go_on() -> None:
    publisher, positions = FakePublisher(), FakePositions()
    first, second = (task(FakePuller(reports(id_)), publisher, FakePositions()) for id_ in "ab")
    listed = [[first], [first, second], [second]]
    running = worker(positions, [], Duty(), FakeClock())
    running.list_tasks = lambda: listed.pop(0) if len(listed) > 1 else listed[0]

    await run_until(running, lambda: len(publisher.published) == 2)
