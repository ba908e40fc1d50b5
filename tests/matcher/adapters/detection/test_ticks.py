"""Ticks: the time, written into the events partitions that a worker owns."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, replace

import pytest
from aiokafka import TopicPartition
from aiokafka.structs import RecordMetadata

from schemas.envelope import header
from schemas.tick import Tick
from schemas.topics import EVENTS, SIGNALS
from services.clock_skew import APPEND_TIME, ClockSkew
from services.matcher.adapters.detection.matcher import MatchResult
from services.matcher.adapters.detection.ticks import Ticker
from services.matcher.adapters.topics.records import ProducerRecord
from tests.fakes import FakeRecordSender
from tests.matcher.builders import NOON
from tests.matcher.detections import detection_by, sender_of
from tests.matcher.messages import tick, tick_message


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


@dataclass
class AppendingSender(FakeRecordSender):
    """A topic that keeps Kafka's time, which is `behind` the sender's."""

    behind: float = 0.0
    timestamp_type: int = APPEND_TIME

    async def send(self, topic: str, record: ProducerRecord) -> Awaitable[object]:
        self.sent.append((topic, record))
        answer: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        at = int((NOON.timestamp() - self.behind) * 1000)
        place = TopicPartition("vedette.events", 0)
        answer.set_result(RecordMetadata(*place, place, 0, at, self.timestamp_type, None))
        return answer


async def test_the_answers_of_kafka_measure_the_clock_that_ticks() -> None:
    skew = ClockSkew(5.0)
    ticker = Ticker(AppendingSender(behind=900), lambda: NOON, "events", skew, NOON.timestamp)

    await ticker.tick([0], 1)
    await asyncio.sleep(0)

    assert skew.check() == "this machine's clock is 900.0 s ahead of Kafka's: 5 s are allowed"


async def test_a_topic_that_keeps_the_senders_time_measures_nothing() -> None:
    skew, sender = ClockSkew(5.0), AppendingSender(behind=900, timestamp_type=0)

    await Ticker(sender, lambda: NOON, "events", skew, NOON.timestamp).tick([0], 1)
    await asyncio.sleep(0)

    assert skew.seconds == 0.0


AHEAD = {
    "15 minutes ahead": (900.0, APPEND_TIME, True),
    "as far as is allowed": (5.0, APPEND_TIME, False),
    "behind": (-900.0, APPEND_TIME, False),
    "by a clock that is not Kafka's": (900.0, 0, False),
}


@pytest.mark.parametrize(("ahead", "kind", "is_refused"), AHEAD.values(), ids=AHEAD)
async def test_a_tick_too_far_ahead_of_kafkas_clock_moves_no_time(
    ahead: float, kind: int, is_refused: bool
) -> None:
    detect = replace(detection_by(lambda _event: MatchResult(())), clock_skew=5.0)
    message = tick_message(tick(NOON, partition=1, partitions=4))
    appended = replace(message, timestamp=NOON.timestamp() - ahead, timestamp_type=kind)

    await detect.process(appended)

    assert (sender_of(detect).to(SIGNALS) == []) is is_refused
