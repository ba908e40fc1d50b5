"""The warm-up: readiness waits for what the first report would wait for."""

import asyncio
from dataclasses import dataclass, field

from aiokafka.errors import KafkaConnectionError

from services.matcher.adapters.stream.warm_up import WarmUp


@dataclass
class FakeApp:
    """An app whose partitions come when a test says so."""

    settled: bool = True
    should_stop: bool = False


@dataclass
class Step:
    """A step that Kafka fails a few times."""

    faults: list[Exception] = field(default_factory=list)
    taken: int = 0

    async def __call__(self) -> None:
        self.taken += 1
        if self.faults:
            raise self.faults.pop(0)


async def test_a_worker_is_ready_when_every_step_is_taken() -> None:
    first, second = Step(), Step()
    warm_up = WarmUp(FakeApp(), (first, second))
    assert warm_up.check() == "not warmed up yet"

    await warm_up.warm_up()

    assert (first.taken, second.taken) == (1, 1)
    assert warm_up.check() is None


async def test_no_step_is_taken_before_the_partitions_are_there() -> None:
    app, step = FakeApp(settled=False), Step()
    warm_up = WarmUp(app, (step,))

    task = asyncio.create_task(warm_up.warm_up())
    await asyncio.sleep(0.05)
    taken_before = step.taken
    app.settled = True
    await task

    assert (taken_before, step.taken) == (0, 1)


async def test_steps_are_taken_again_where_kafka_fails() -> None:
    step = Step([KafkaConnectionError("away")])
    warm_up = WarmUp(FakeApp(), (step,), again_seconds=0)

    await warm_up.warm_up()

    assert step.taken == 2
    assert warm_up.check() is None


async def test_an_app_that_ends_is_not_waited_for() -> None:
    warm_up = WarmUp(FakeApp(settled=False, should_stop=True), (Step(),))

    await warm_up.warm_up()

    assert warm_up.check() == "not warmed up yet"
