"""Ticks: the time, written into the events partitions that a worker owns."""

from schemas.envelope import header
from schemas.tick import Tick
from schemas.topics import EVENTS
from services.matcher.adapters.detection.ticks import Ticker
from tests.fakes import FakeOutbox
from tests.matcher.builders import NOON


async def test_each_partition_owned_gets_a_tick_of_its_own() -> None:
    outbox = FakeOutbox()

    await Ticker(outbox, lambda: NOON, "vedette.events").tick([1, 3], 4)

    sent = outbox.to(EVENTS)
    assert [letter.partition for letter in sent] == [1, 3]
    assert [Tick.model_validate_json(letter.value or b"") for letter in sent] == [
        Tick(time=NOON, partition=partition, partitions=4) for partition in (1, 3)
    ]
    assert {header(letter.headers, "ce_type") for letter in sent} == {"vedette.tick"}


async def test_without_a_time_to_tell_there_is_no_tick() -> None:
    outbox = FakeOutbox()

    await Ticker(outbox, lambda: None, "vedette.events").tick([0], 1)

    assert outbox.sent == []
