"""The messages of the matcher as Kafka records: how each type is encoded, and decoded."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json, to_json

from schemas.alert import Alert
from schemas.bundle import BackfillBarrier, CompletedBackfill
from schemas.crash import CrashRecord
from schemas.envelope import (
    ALERT,
    BACKFILL_BARRIER,
    BACKFILL_COMPLETED,
    CRASHES,
    EVENT,
    EVENTS_BATCH,
    HEARTBEAT,
    INDICATION,
    RETRACTION,
    SIGNAL,
    STORM_NEWS,
    TICK,
    VERDICT,
    Headers,
    cloud_headers,
    find_header_fault,
    header,
)
from schemas.event import FURTHEST_AHEAD, Event
from schemas.heartbeat import Heartbeat
from schemas.indication import Indication
from schemas.model import Model
from schemas.retraction import Retraction
from schemas.signal import LARGEST_SIGNAL, Signal
from schemas.storm import StormNews
from schemas.tick import Tick
from schemas.verdict import Verdict
from services.matcher.adapters.topics.described_faults import describe_faults
from services.matcher.adapters.topics.records import ConsumerRecord, ProducerRecord
from services.matcher.domain.engine.messages import SignalsMessage

SOURCE = "vedette/matcher"
LARGEST_TICK = 1000

_EVENTS = frozenset({EVENT, EVENTS_BATCH, None})
_BATCH = TypeAdapter(tuple[Event, ...])
_SIGNALS: Mapping[str | None, type[SignalsMessage]] = {
    TICK: Tick,
    RETRACTION: Retraction,
    VERDICT: Verdict,
    INDICATION: Indication,
    HEARTBEAT: Heartbeat,
    STORM_NEWS: StormNews,
    BACKFILL_BARRIER: BackfillBarrier,
}


@dataclass(frozen=True, slots=True)
class Poison:
    """What cannot be decoded, and why."""

    raw: bytes | None
    reason: str


EventsItem = Event | Tick | Poison


def encode_alert(alert: Alert) -> ProducerRecord:
    """An alert; the same revision has the same `ce_id`, however often it is sent."""
    recorded = [piece.recorded_at for piece in alert.evidence if piece.recorded_at is not None]
    identity, newest = f"{alert.id}-{alert.revision}", max(recorded, default=None)
    headers = cloud_headers(ALERT, identity, SOURCE, alert.updated_at, newest)
    return _encode(alert, headers, alert.fingerprint.encode())


def encode_signal(signal: Signal) -> ProducerRecord:
    """A signal; the same hit of the same window, found in the same way, has the same `ce_id`."""
    found = b"suspected " if signal.suspected else b""
    words = (signal.key, signal.kind.encode(), signal.base.encode(), found)
    identity = _digest(b" ".join(words) + signal.identity.encode())
    recorded = signal.evidence.recorded_at
    headers = cloud_headers(SIGNAL, identity, SOURCE, signal.occurred_at, recorded)
    return _encode(signal, headers, signal.key)


def encode_retraction(retraction: Retraction, partition: int) -> ProducerRecord:
    """A retraction for signals partition `partition`, without a key."""
    identity = f"retraction-{_digest(f'{retraction.identity} {retraction.by}'.encode())}"
    recorded = retraction.recorded_at
    headers = cloud_headers(RETRACTION, identity, SOURCE, recorded, recorded)
    return _encode(retraction, headers, partition=partition)


def encode_indication(indication: Indication) -> ProducerRecord:
    """An indication; the same news of the same window has the same `ce_id`."""
    identity = _digest(indication.key + _value(indication))
    headers = cloud_headers(INDICATION, identity, SOURCE, indication.at)
    return _encode(indication, headers, indication.key)


def encode_storm_news(news: StormNews) -> ProducerRecord:
    """News of a storm; the same count of the same partition has the same `ce_id`."""
    mark = f"{news.partition} {news.began.isoformat()} {news.count}".encode()
    identity = f"storm-{_digest(news.key + mark)}"
    return _encode(news, cloud_headers(STORM_NEWS, identity, SOURCE, news.at), news.key)


def encode_verdict(verdict: Verdict) -> ProducerRecord:
    """A verdict; the same person's on the same alert at the same time has the same `ce_id`."""
    identity = _digest(f"{verdict.alert} {verdict.by} {verdict.at.isoformat()}".encode())
    headers = cloud_headers(VERDICT, f"verdict-{identity}", SOURCE, verdict.at)
    return _encode(verdict, headers, verdict.key)


def encode_heartbeat(heartbeat: Heartbeat, partition: int | None = None) -> ProducerRecord:
    """A heartbeat, for `partition` or for that of its key; one `ce_id` for the same report."""
    identity = _digest(f"{heartbeat.source} {heartbeat.event}".encode())
    headers = cloud_headers(HEARTBEAT, f"heartbeat-{identity}", SOURCE, heartbeat.at)
    return _encode(heartbeat, headers, heartbeat.key, partition)


def encode_tick(tick: Tick, partition: int) -> ProducerRecord:
    """A tick for `partition`, without a key."""
    identity = f"tick-{tick.partition}-{tick.time.isoformat()}"
    return _encode(tick, cloud_headers(TICK, identity, SOURCE, tick.time), partition=partition)


def encode_barrier(barrier: BackfillBarrier, partition: int) -> ProducerRecord:
    """A backfill barrier for signals partition `partition`, without a key."""
    identity = f"barrier-{barrier.level}-{barrier.partition}-{barrier.bundle}"
    headers = cloud_headers(BACKFILL_BARRIER, identity, SOURCE, datetime.now(UTC))
    return _encode(barrier, headers, partition=partition)


def encode_completed_backfill(completed: CompletedBackfill) -> ProducerRecord:
    """The record, for the rules topic, that an events partition is backfilled."""
    identity = f"backfilled-{completed.partition}-{completed.bundle}"
    headers = cloud_headers(BACKFILL_COMPLETED, identity, SOURCE, datetime.now(UTC))
    return _encode(completed, headers, completed.key)


def encode_crash_record(record: CrashRecord) -> ProducerRecord:
    """The record, for the rules topic, of messages that ended workers; a tombstone if of none."""
    identity, now = f"crashes-{record.topic}-{record.partition}", datetime.now(UTC)
    headers = cloud_headers(CRASHES, identity, SOURCE, now)
    return ProducerRecord(_value(record) if record.crashes else None, headers, record.key)


def encode_event(event: Event) -> bytes:
    """The value of a message with this event alone."""
    return _value(event)


def encode_item(item: EventsItem) -> bytes | None:
    """The value of a dead letter of this item alone."""
    match item:
        case Poison():
            return item.raw
        case _:
            return _value(item)


def _encode(
    message: Model, headers: Headers, key: bytes | None = None, partition: int | None = None
) -> ProducerRecord:
    return ProducerRecord(_value(message), headers, key, partition)


def _value(message: Model) -> bytes:
    return message.model_dump_json(exclude_defaults=True).encode()


def _digest(identity: bytes) -> str:
    return hashlib.sha256(identity).hexdigest()[:20]


def decode_signals_message(record: ConsumerRecord) -> SignalsMessage | Poison:
    """The message of a record of the signals topic."""
    model = _SIGNALS.get(_type_of(record), Signal)
    if model is Signal and len(record.value or b"") > LARGEST_SIGNAL:
        return Poison(record.value, f"signal: larger than {LARGEST_SIGNAL} bytes")
    if (fault := find_header_fault(record.headers or ())) is not None:
        return Poison(record.value, fault)
    try:
        message = model.model_validate_json(record.value or b"")
    except ValidationError as error:
        return Poison(record.value, describe_faults(error))
    fault = _find_future(message)
    return message if fault is None else Poison(record.value, fault)


def _find_future(message: SignalsMessage) -> str | None:
    """What is wrong with its time."""
    match message:
        case Tick():
            name, time = "time", message.time
        case Retraction():
            name, time = "recorded_at", message.recorded_at
        case Heartbeat():
            name, time = "at", message.at
        case Signal():
            name, time = "occurred_at", message.occurred_at
        case Indication() | Verdict():
            name, time = "at", message.at
        case _:
            return None
    return _refuse_future(name, time)


def _refuse_future(name: str, time: datetime) -> str | None:
    """What is wrong with a time of the future: after it no present one would count."""
    is_future = time - datetime.now(UTC) > FURTHEST_AHEAD
    return f"{name}: more than 5 minutes ahead of the clock" if is_future else None


def decode_tick(record: ConsumerRecord) -> Tick | None:
    """The tick that a record of the signals topic is; None if it is anything else."""
    is_tick = _type_of(record) == TICK and len(record.value or b"") <= LARGEST_TICK
    message = decode_signals_message(record) if is_tick else None
    return message if isinstance(message, Tick) else None


def is_batch(record: ConsumerRecord) -> bool:
    """Whether a record of the events topic holds several items."""
    return (record.value or b"").lstrip()[:1] == b"["


def decode_events(record: ConsumerRecord) -> Iterator[EventsItem]:
    """What a record of the events topic holds, in order: events, or a tick.

    The items of a batch are decoded singly: one that is poison costs itself alone.
    """
    raw, headers = record.value, dict(record.headers or ())
    kind = header(headers, "ce_type")
    if (fault := find_header_fault(headers)) is not None:
        yield Poison(raw, fault)
    elif not raw:
        yield Poison(raw, "empty message")
    elif kind == TICK:
        yield _decode_tick(raw, record.partition)
    elif kind not in _EVENTS:
        yield Poison(raw, f"ce_type: {kind!r} is not read here")
    elif is_batch(record):
        yield from _decode_batch(raw)
    else:
        yield _decode_event(raw)


def _type_of(record: ConsumerRecord) -> str | None:
    return header(record.headers or (), "ce_type")


def _decode_tick(raw: bytes, partition: int) -> Tick | Poison:
    try:
        tick = Tick.model_validate_json(raw)
    except ValidationError as error:
        return Poison(raw, describe_faults(error))
    if tick.partition != partition or partition >= tick.partitions:
        return Poison(raw, f"partition: {tick.partition} of {tick.partitions}, in {partition}")
    fault = _find_future(tick)
    return tick if fault is None else Poison(raw, fault)


def _decode_event(raw: bytes) -> Event | Poison:
    try:
        return _check_recorded(Event.model_validate_json(raw))
    except ValidationError as error:
        return Poison(raw, describe_faults(error))


def _check_recorded(event: Event) -> Event | Poison:
    at = event.recorded_at
    fault = None if at is None else _refuse_future("recorded_at", at)
    return event if fault is None else Poison(encode_event(event), fault)


def _decode_batch(raw: bytes) -> Iterable[Event | Poison]:
    try:
        events = _BATCH.validate_json(raw)
    except ValidationError:
        return _decode_singly(raw)
    # the clock is asked once: no event of most batches is of the future
    newest = max((event.recorded_at for event in events if event.recorded_at), default=None)
    is_past = newest is None or _refuse_future("recorded_at", newest) is None
    return events if is_past else map(_check_recorded, events)


def _decode_singly(raw: bytes) -> Iterator[Event | Poison]:
    try:
        batch = from_json(raw, allow_inf_nan=False)
    except ValueError as error:
        yield Poison(raw, f"invalid JSON: {error}")
        return
    for item in batch:
        yield _decode_event(to_json(item))
