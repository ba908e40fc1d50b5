"""Kafka records that are hostile or odd, and what each costs: itself alone."""

import json
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import aiokafka.codec
import kafka.codec
import pytest
from aiokafka import TopicPartition
from aiokafka.record import default_records as aiokafka_records
from aiokafka.record._crecords import default_records as compiled_records
from kafka.record import default_records as kafka_records
from kafka.record import memory_records
from kafka.record.memory_records import MemoryRecordsBuilder
from pydantic import ValidationError

from schemas.alert import Alert, Level, RuleRef
from schemas.bundle import BackfillBarrier, CompletedBackfill
from schemas.duty import DUTY_PACK, WATCHDOG
from schemas.envelope import REFUSED
from schemas.event import Event
from schemas.heartbeat import Heartbeat
from schemas.indication import Indication
from schemas.model import Model
from schemas.tick import Tick
from services import unpacking
from services.header_names import RecordBatch
from services.matcher.adapters.topics.codec import (
    Poison,
    decode_events,
    decode_signals_message,
    encode_heartbeat,
    encode_indication,
    encode_signal,
)
from services.matcher.adapters.topics.record_batches import FetchedRecords, PartitionRecords
from services.notifier.adapters.watchdog import HeartbeatForwarder
from services.notifier.domain.codec import decode_alert
from services.notifier.domain.ports import OutboxRecord
from services.unpacking import BatchTooLarge
from tests.fakes import FakeClock
from tests.matcher.builders import hit
from tests.matcher.messages import Given, event, given, tick, tick_message
from tests.notifier.alerts import alert, evidence
from tests.parts.raw_name import RawName

CLIENTS = [
    pytest.param(aiokafka.codec, id="the matcher's client"),
    pytest.param(kafka.codec, id="the notifier's client"),
]


@pytest.mark.parametrize("codec", ["gzip", "snappy", "lz4", "zstd"])
@pytest.mark.parametrize("client", CLIENTS)
def test_records_of_every_codec_are_read(client: ModuleType, codec: str) -> None:
    encode, decode = getattr(client, f"{codec}_encode"), getattr(client, f"{codec}_decode")

    assert decode(encode(b"rockets fell on Taji")) == b"rockets fell on Taji"


FAR = datetime(9000, 1, 1, tzinfo=UTC)
RULE = RuleRef(name=WATCHDOG, title="Watchdog", level=Level.INFORMATIONAL)
AHEAD = "more than 5 minutes ahead of the clock"


def heartbeat_message(at: datetime) -> Given:
    record = encode_heartbeat(Heartbeat(source="reuters", event="e-1", at=at, partition=0))
    return Given(record.value, record.headers)


def watchdog_alert(at: datetime) -> Alert:
    return alert(rule=RULE, pack=DUTY_PACK, group={"partition": "3"}, starts_at=at)


def soon(minutes: float) -> datetime:
    return datetime.now(UTC) + timedelta(minutes=minutes)


@pytest.mark.parametrize("at", [FAR, soon(10)], ids=["year 9000", "ten minutes"])
def test_a_heartbeat_or_tick_of_the_future_is_refused(at: datetime) -> None:
    sent = tick_message(tick(at, partition=1, partitions=4))

    refused = [
        decode_signals_message(heartbeat_message(at)),
        decode_signals_message(sent),
        *decode_events(sent),
    ]

    assert [item.reason for item in refused if isinstance(item, Poison)] == [
        f"at: {AHEAD}",
        f"time: {AHEAD}",
        f"time: {AHEAD}",
    ]


def test_clocks_that_differ_by_minutes_are_no_fault() -> None:
    sent = tick_message(tick(soon(4), partition=1, partitions=4))

    assert isinstance(decode_signals_message(heartbeat_message(soon(4))), Heartbeat)
    assert isinstance(decode_signals_message(sent), Tick)


def test_of_a_batch_the_report_recorded_in_the_future_is_refused_alone() -> None:
    times = [FAR.isoformat(), soon(0).isoformat(), None]
    reports = [event(id=f"e-{number}", recorded_at=at) for number, at in enumerate(times)]

    refused, *taken = decode_events(given(reports))

    assert isinstance(refused, Poison)
    assert refused.reason == f"recorded_at: {AHEAD}"
    assert [item.id for item in taken if isinstance(item, Event)] == ["e-1", "e-2"]


def test_a_watchdog_alert_of_the_future_does_not_hide_those_of_the_present() -> None:
    clock = FakeClock()
    forwarder = HeartbeatForwarder(clock)

    forwarder.receive(watchdog_alert(FAR))
    forwarder.receive(watchdog_alert(clock.now))

    assert list(forwarder.newest.values()) == [clock.now]


def dump(message: Model) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(message.model_dump_json())
    return body


HUGE = 10**300
BARRIER = BackfillBarrier(partition=0, partitions=4, bundle=7)
COMPLETED = CompletedBackfill(partition=0, bundle=7)
NUMBERS = [
    pytest.param(alert(), "revision", HUGE, id="revision of an alert"),
    pytest.param(hit(0), "revision", HUGE, id="revision of a signal"),
    pytest.param(hit(0), "bundle", HUGE, id="bundle of a signal"),
    pytest.param(tick(), "backfilled", HUGE, id="bundle of a tick"),
    pytest.param(tick(), "partitions", 10**9, id="partitions of a tick"),
    pytest.param(BARRIER, "partitions", 10**9, id="partitions of a barrier"),
    pytest.param(BARRIER, "bundle", HUGE, id="bundle of a barrier"),
    pytest.param(COMPLETED, "bundle", HUGE, id="bundle of a completed backfill"),
]


@pytest.mark.parametrize(("message", "name", "number"), NUMBERS)
def test_a_number_beyond_all_bounds_is_refused(message: Model, name: str, number: int) -> None:
    with pytest.raises(ValidationError, match=f"{name}\n.*less than or equal to"):
        type(message).model_validate_json(json.dumps(dump(message) | {name: number}))


LATE, EARLY = "9600-01-01T00:00:00Z", "0100-01-01T00:00:00Z"
INDICATION = Indication(pack="p", hypothesis="h", rule="r", at=datetime(2020, 1, 5, tzinfo=UTC))
DISTANCE = {"required": 3, "values": [[1, 10**15]]}
FORGED = {
    "a start": (alert(), {"starts_at": LATE}),
    "an end": (alert(), {"resolved_at": LATE}),
    "an ancient update": (alert(), {"updated_at": EARLY}),
    "a value": (alert(), {"value": float("nan")}),
    "an infinite value": (alert(), {"value": float("inf")}),
    "a count": (alert(), {"evidence_count": HUGE}),
    "a grade": (alert(), {"evidence": [{**dump(evidence()), "credibility": HUGE}]}),
    "the time of a report": (alert(), {"evidence": [{**dump(evidence()), "occurred_at": LATE}]}),
    "the time of a hit": (hit(0), {"occurred_at": LATE}),
    "the end of a hit": (hit(0), {"occurred_until": LATE}),
    "a field of a hit": (hit(0), {"fields": {"quantities.x": float("nan")}}),
    "what is required": (INDICATION, {"distance": DISTANCE | {"required": HUGE}}),
    "what is there": (INDICATION, {"distance": DISTANCE | {"values": [[HUGE, 0]]}}),
    "until when": (INDICATION, {"distance": DISTANCE | {"values": [[1, HUGE]]}}),
    "nothing there": (INDICATION, {"distance": DISTANCE | {"values": []}}),
    "when": (INDICATION, {"at": LATE}),
}


@pytest.mark.parametrize(("message", "changes"), FORGED.values(), ids=FORGED)
def test_a_number_or_time_that_cannot_be_reckoned_with_is_refused(
    message: Model, changes: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError):
        type(message).model_validate_json(json.dumps(dump(message) | changes))


def test_a_signal_or_indication_of_the_future_is_refused() -> None:
    ahead = {"occurred_at": FAR, "occurred_until": FAR}
    records = [
        encode_signal(hit(0).model_copy(update=ahead)),
        encode_indication(INDICATION.model_copy(update={"at": FAR})),
    ]

    refused = [decode_signals_message(Given(sent.value, sent.headers)) for sent in records]

    assert [item.reason for item in refused if isinstance(item, Poison)] == [
        f"occurred_at: {AHEAD}",
        f"at: {AHEAD}",
    ]


def batch(codec: int) -> bytes:
    """Three records, whose second has such a header, as they are on the wire."""
    builder = MemoryRecordsBuilder(2, codec, 100_000)
    for number, name in enumerate(("ce_id", RawName("n"), "ce_id")):
        builder.append(timestamp=0, key=b"k", value=b"%d" % number, headers=[(name, b"v")])
    builder.close()
    return bytes(builder.buffer())


@pytest.fixture
def tolerant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_records, "DefaultRecordBatch", RecordBatch)


EXPECTED = [(0, "ce_id", b"0"), (1, "\ufffd\ufffdname", b"1"), (2, "ce_id", b"2")]


@pytest.mark.usefixtures("tolerant")
@pytest.mark.parametrize("codec", range(5))
def test_the_notifiers_client_reads_a_header_with_any_name(codec: int) -> None:
    records = memory_records.MemoryRecords(batch(codec)).next_batch()

    assert [(r.offset, r.headers[0][0], r.value) for r in records] == EXPECTED


@pytest.mark.parametrize("since", [0, 1, 2])
@pytest.mark.parametrize("codec", range(5))
def test_the_matchers_client_reads_a_header_with_any_name(codec: int, since: int) -> None:
    fetched = FetchedRecords(batch(codec))

    records = PartitionRecords(TopicPartition("t", 0), fetched, None, since, None, None, True, 0)

    assert [(r.offset, r.headers[0][0], r.value) for r in records] == EXPECTED[since:]


@pytest.fixture
def bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    for client in (kafka_records, aiokafka_records, compiled_records):
        for name, decode in unpacking.DECODERS.items():
            monkeypatch.setattr(client, f"{name}_decode", decode)


def bomb(codec: int, size: int = unpacking.MOST_UNPACKED + 1) -> bytes:
    """A batch of two records, of offsets 0 and 1, that unpacks to more than `size` bytes."""
    builder = MemoryRecordsBuilder(2, codec, 2 * size)
    for value in (b"first", b"0" * size):
        builder.append(timestamp=0, key=None, value=value, headers=[])
    builder.close()
    return bytes(builder.buffer())


REASON = b"too_large: a batch of more than 33554432 bytes unpacked"
CODECS = [
    pytest.param(number, id=name)
    for number, name in enumerate(("gzip", "snappy", "lz4", "zstd"), 1)
]


@pytest.mark.usefixtures("tolerant", "bounded")
@pytest.mark.parametrize("codec", CODECS)
def test_a_batch_that_unpacks_to_too_much_is_one_refused_record(codec: int) -> None:
    raw = bomb(codec)

    notifiers = memory_records.MemoryRecords(raw).next_batch()
    matchers = PartitionRecords(
        TopicPartition("t", 0), FetchedRecords(raw), None, 0, None, None, True, 0
    )

    for records in (notifiers, matchers):
        assert [(r.offset, list(r.headers), r.value) for r in records] == [
            (1, [(REFUSED, REASON)], None)
        ]


@pytest.mark.usefixtures("tolerant", "bounded")
@pytest.mark.parametrize("codec", CODECS)
def test_a_batch_of_many_megabytes_is_read(codec: int) -> None:
    records = memory_records.MemoryRecords(bomb(codec, 20_000_000)).next_batch()

    assert [len(r.value) for r in records] == [5, 20_000_000]


def test_a_refused_batch_is_a_dead_letter() -> None:
    refused = Given(None, BatchTooLarge().headers)
    decoded = [*decode_events(refused), decode_signals_message(refused)]

    assert [item.reason[:10] for item in decoded if isinstance(item, Poison)] == ["too_large:"] * 2
    assert isinstance(decode_alert(refused), OutboxRecord)


def test_a_header_whose_name_is_not_utf_8_makes_a_record_one_dead_letter() -> None:
    odd = Given(given(event()).value, [("\ufffdname", b"v")])
    decoded = [*decode_events(odd), decode_signals_message(odd)]

    assert [item.reason for item in decoded if isinstance(item, Poison)] == [
        "header '\ufffdname': the name is not UTF-8"
    ] * 2
    assert isinstance(decode_alert(odd), OutboxRecord)
