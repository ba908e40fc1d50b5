"""Ticks: the time, written into the events partitions that a worker owns."""

from schemas.envelope import header
from schemas.tick import Tick
from schemas.topics import EVENTS
from services.matcher.adapters.detection.ticks import Ticker
from tests.fakes import FakeRecordSender
from tests.matcher.builders import NOON


async def test_each_partition_owned_gets_a_tick_of_its_own() -> None:
    sender = FakeRecordSender()

    await Ticker(sender, lambda: NOON, "vedette.events").tick([1, 3], 4)

    sent = sender.to(EVENTS)
    assert [record.partition for record in sent] == [1, 3]
    assert [Tick.model_validate_json(record.value or b"") for record in sent] == [
        Tick(time=NOON, partition=partition, partitions=4) for partition in (1, 3)
    ]
    assert {header(record.headers, "ce_type") for record in sent} == {"vedette.tick"}


async def test_without_a_time_there_is_no_tick() -> None:
    sender = FakeRecordSender()

    await Ticker(sender, lambda: None, "vedette.events").tick([0], 1)

    assert sender.sent == []
