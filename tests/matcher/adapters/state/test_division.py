"""States that are divided among more partitions go on where they were."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

from schemas.alert import Alert, Status
from schemas.heartbeat import Heartbeat
from schemas.pack import SourceRhythm
from schemas.retraction import Retraction
from schemas.signal import Signal
from schemas.topics import ALERTS, SIGNALS
from services.matcher.adapters.rules.bundles import Bundles
from services.matcher.adapters.state.division import Divider, follow_topic, read_values
from services.matcher.adapters.state.keys import ValueKind, decode_key
from services.matcher.adapters.topics.codec import (
    encode_heartbeat,
    encode_retraction,
    encode_signal,
    encode_tick,
)
from services.matcher.adapters.topics.records import ProducerRecord
from services.matcher.adapters.topics.signals_partitions import signals_partitions
from services.matcher.domain.changes.active_rules import ActiveRules
from services.matcher.domain.rules.compile_sources import compile_sources
from services.matcher.domain.rules.rulebook import Rulebook
from tests.fakes import FakeRecordSender
from tests.matcher.builders import HOUR, NOON, RULE, hit
from tests.matcher.correlation import correlator
from tests.matcher.messages import Given, tick

RULES = Rulebook(
    windows={(RULE.pack, RULE.name): RULE},
    sources=compile_sources([{"reuters": SourceRhythm.model_validate({"every": "6h"})}], ()),
)
PLACES = [f"place-{number}" for number in range(12)]
TOPIC = "signals"


def hits(hours: float, places: Sequence[str] = PLACES) -> list[ProducerRecord]:
    signals = (hit(hours, f"{hours} {place}") for place in places)
    return [_at(signal, place) for signal, place in zip(signals, places, strict=True)]


def _at(signal: Signal, place: str) -> ProducerRecord:
    return encode_signal(signal.model_copy(update={"group": {"place": place}}))


@dataclass
class SignalsTopic:
    """The signals topic with so many partitions, and one worker that handles all of them."""

    partitions: int
    table: dict[bytes, bytes] = field(default_factory=dict)
    sender: FakeRecordSender = field(default_factory=FakeRecordSender)
    offsets: dict[int, "count[int]"] = field(default_factory=lambda: defaultdict(count))

    def __post_init__(self) -> None:
        bundles = Bundles(ActiveRules(RULES))
        self.correlation = correlator(bundles, self.table, self.sender, self.partitions, TOPIC)
        self.correlation.partitions = signals_partitions(self.partitions)

    async def take(self, *records: ProducerRecord) -> None:
        for record in records:
            partition = record.partition
            if partition is None:
                partition = self.correlation.partitions.partition_of(record.key or b"")
            offset = next(self.offsets[partition])
            key, headers = record.key, list(record.headers)
            await self.correlation.take(
                Given(record.value, headers, key, partition=partition, offset=offset)
            )

    async def take_everywhere(self, hours: float) -> None:
        time = NOON + hours * HOUR
        await self.take(*(encode_tick(tick(time), number) for number in range(self.partitions)))

    async def grow(self, partitions: int) -> "SignalsTopic":
        """The topic after it grew and the windows moved, and its worker started again."""
        values = read_values(self.table.items())
        ends = {number: next(self.offsets[number]) for number in range(partitions)}
        divider = Divider(signals_partitions(partitions), follow_topic(values, TOPIC), ends)
        division = divider.divide(values)
        table = {key.encode(): value for key, value in division.values.items()}
        grown = SignalsTopic(partitions, table, offsets=self.offsets)
        for partition, end in ends.items():
            record = encode_tick(tick(NOON - 1000 * HOUR), partition)
            given = Given(record.value, record.headers, None, partition=partition, offset=end)
            await grown.correlation.take(given)
        return grown

    @property
    def alerts(self) -> Sequence[Alert]:
        return self.sender.decode(ALERTS, Alert)


async def test_every_window_goes_on_with_the_hits_that_it_had() -> None:
    topic = SignalsTopic(3)
    await topic.take(*hits(0), *hits(1))
    grown = await topic.grow(7)
    await grown.take(*hits(2))

    fired = {alert.group["place"]: (alert.revision, alert.value) for alert in grown.alerts}
    assert fired == dict.fromkeys(PLACES, (1, 3))
    assert topic.alerts == []


async def test_alerts_are_sent_again_as_they_were_and_go_on() -> None:
    topic = SignalsTopic(3)
    await topic.take(*hits(0), *hits(1), *hits(2))
    grown = await topic.grow(7)
    again = {alert.id: alert.revision for alert in grown.alerts}
    await grown.take(*hits(3))

    assert again == {alert.id: alert.revision for alert in topic.alerts}
    assert {alert.id for alert in grown.alerts} == again.keys()
    assert {alert.value for alert in grown.alerts[-len(PLACES) :]} == {4}


async def test_a_hit_that_comes_again_behind_the_tick_changes_nothing() -> None:
    topic = SignalsTopic(3)
    await topic.take(*hits(0), *hits(1))
    grown = await topic.grow(5)
    await grown.take(*hits(1))

    assert grown.alerts == []


async def test_an_alert_ends_by_the_clock_of_the_partition_that_it_came_to() -> None:
    topic = SignalsTopic(2)
    await topic.take(*hits(0), *hits(1), *hits(2))
    await topic.take_everywhere(3)
    grown = await topic.grow(5)
    await grown.take_everywhere(20)

    ended = [alert for alert in grown.alerts if alert.status is Status.RESOLVED]
    assert {alert.group["place"] for alert in ended} == set(PLACES)


async def test_a_retracted_event_counts_in_no_partition_ever_after() -> None:
    topic = SignalsTopic(2)
    identities = [f"reuters 2 {place}" for place in PLACES]
    for identity in identities:
        retraction = Retraction(identity=identity, by="reuters later", recorded_at=NOON)
        await topic.take(*(encode_retraction(retraction, number) for number in range(2)))
    grown = await topic.grow(6)
    await grown.take(*hits(0), *hits(1), *hits(2))

    assert grown.alerts == []


async def test_a_source_goes_where_its_heartbeats_go() -> None:
    topic = SignalsTopic(2)
    heartbeat = Heartbeat(source="reuters", event="1", at=NOON, partition=0)
    await topic.take(encode_heartbeat(heartbeat))
    grown = await topic.grow(7)

    [home] = [key.partition for key in map(decode_key, grown.table) if key.kind is ValueKind.SOURCE]
    assert home == signals_partitions(7).partition_of(heartbeat.key)


async def test_a_move_that_was_broken_off_is_made_again() -> None:
    topic = SignalsTopic(3)
    await topic.take(*hits(0), *hits(1))
    before = dict(topic.table)
    once = await topic.grow(7)
    # written, and nothing deleted yet
    twice = await SignalsTopic(7, before | once.table, offsets=topic.offsets).grow(7)
    await twice.take(*hits(2))

    assert len(twice.alerts) == len(PLACES)
    assert {key for key in twice.table if b":w:" in key} == {
        key for key in once.table if b":w:" in key
    }


async def test_what_a_sender_took_to_another_partition_is_sent_on() -> None:
    topic = SignalsTopic(5)
    [record] = hits(0, PLACES[:1])
    home = topic.correlation.partitions.partition_of(record.key or b"")
    key, headers = record.key, list(record.headers)
    await topic.correlation.take(Given(record.value, headers, key, partition=(home + 1) % 5))

    assert [(sent.key, sent.partition) for sent in topic.sender.to(SIGNALS)] == [(key, home)]
    assert [key for key in topic.table if b":w:" in key] == []
