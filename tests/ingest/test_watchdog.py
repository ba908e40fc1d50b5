"""The watchdog's reports: one for every partition, on a timer, and never held up or piled up."""

import asyncio
from datetime import datetime, timedelta
from itertools import count

from prometheus_client import REGISTRY

from schemas.duty import WATCHDOG_SOURCE
from schemas.event import Event
from services.ingest.adapters.watchdog import WatchdogSender
from services.ingest.domain.watchdog import watchdog_messages
from tests.fakes import FakePublisher
from tests.ingest.builders import NOON


def failed() -> float:
    return REGISTRY.get_sample_value("vedette_ingest_watchdog_total", {"result": "failed"}) or 0.0


def test_every_partition_has_its_report() -> None:
    messages = watchdog_messages(3, NOON)

    events = [Event.model_validate_json(message.value) for message in messages]
    assert [message.partition for message in messages] == [0, 1, 2]
    assert {event.source for event in events} == {WATCHDOG_SOURCE}
    assert {event.recorded_at for event in events} == {NOON}
    assert len({event.id for event in events}) == 3


async def test_it_sends_again_and_again() -> None:
    numbers, thrice = count(), asyncio.Event()

    def now() -> datetime:
        number = next(numbers)
        if number == 3:
            thrice.set()
        return NOON + timedelta(seconds=number)

    publisher = FakePublisher(partitions=1)
    sending = asyncio.create_task(WatchdogSender(publisher, now).run(0.01))
    async with asyncio.timeout(10):
        await thrice.wait()
    sending.cancel()

    assert len({message.key for message in publisher.published}) >= 3


async def test_a_report_that_does_not_get_through_is_counted_and_not_sent_again() -> None:
    before = failed()

    await WatchdogSender(FakePublisher(partitions=0), lambda: NOON).send()
    await WatchdogSender(FakePublisher(deaf=frozenset({1})), lambda: NOON).send()

    assert failed() == before + 2


async def test_only_the_partitions_that_it_sends_to_are_shown() -> None:
    def sent(partition: int) -> float | None:
        name = "vedette_ingest_watchdog_sent_timestamp_seconds"
        return REGISTRY.get_sample_value(name, {"partition": str(partition)})

    await WatchdogSender(FakePublisher(partitions=3), lambda: NOON).send()
    await WatchdogSender(FakePublisher(partitions=2), lambda: NOON).send()

    assert [sent(partition) for partition in range(3)] == [NOON.timestamp()] * 2 + [None]
