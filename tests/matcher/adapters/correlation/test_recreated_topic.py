"""correlate: the offsets of a recreated signals topic start again, and its messages are new."""

from datetime import datetime

import pytest

from schemas.heartbeat import Heartbeat
from schemas.indication import Indication
from schemas.pack import SourceRhythm
from services.matcher.adapters.rules.bundles import Bundles
from services.matcher.adapters.topics.codec import (
    encode_heartbeat,
    encode_indication,
    encode_signal,
    encode_tick,
)
from services.matcher.adapters.topics.records import ProducerRecord
from services.matcher.domain.changes.active_rules import ActiveRules
from services.matcher.domain.rules.compile_sources import compile_sources
from services.matcher.domain.rules.rulebook import Rulebook
from tests.fakes import FakeRecordSender
from tests.matcher.builders import HOUR, NOON, RULE, hit
from tests.matcher.correlation import correlator, states_in
from tests.matcher.hypotheses import hypothesis
from tests.matcher.messages import Given, tick

RULES = Rulebook(
    windows={(RULE.pack, RULE.name): RULE},
    hypotheses=(hypothesis(),),
    sources=compile_sources([{"reuters": SourceRhythm.model_validate({"every": "6h"})}], ()),
)
LATER = NOON + HOUR


def indication(at: datetime) -> Indication:
    return Indication(pack="iraq", hypothesis="mlcoa", at=at, source="reuters", silent=at == NOON)


def heartbeat(at: datetime) -> Heartbeat:
    return Heartbeat(source="reuters", event=str(at), at=at, partition=0)


async def take(
    table: dict[bytes, bytes], record: ProducerRecord, offset: int, topic_id: str
) -> None:
    """One message of a topic, by a worker that has just started."""
    worker = correlator(Bundles(ActiveRules(RULES)), table, FakeRecordSender(), topic_id=topic_id)
    await worker.take(Given(record.value, record.headers, record.key, offset=offset))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (encode_signal(hit(0)), encode_signal(hit(1))),
        (encode_indication(indication(NOON)), encode_indication(indication(LATER))),
        (encode_heartbeat(heartbeat(NOON)), encode_heartbeat(heartbeat(LATER))),
        (encode_tick(tick(NOON), 1), encode_tick(tick(LATER), 1)),
    ],
    ids=["window", "hypothesis", "source", "clock"],
)
async def test_a_message_is_a_repeat_by_its_offset_only_in_the_same_topic(
    first: ProducerRecord, second: ProducerRecord
) -> None:
    table: dict[bytes, bytes] = {}
    await take(table, first, 1000, "topic-a")
    before = states_in(table)

    await take(table, second, 0, "topic-a")
    assert states_in(table) == before

    await take(table, second, 0, "topic-b")
    assert states_in(table) != before
