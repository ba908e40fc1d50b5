"""Codecs: what is decoded of a record, and what of it is poison."""

import json
from datetime import timedelta

import pytest

from schemas.bundle import BackfillBarrier
from schemas.envelope import EVENT, EVENTS_BATCH, cloud_headers
from schemas.event import Event
from schemas.heartbeat import Heartbeat
from schemas.indication import Indication
from schemas.verdict import Judgement, Verdict
from schemas.version import SCHEMA_VERSION
from services.matcher.adapters.topics.codec import (
    Poison,
    decode_events,
    decode_signals_message,
    encode_barrier,
    encode_heartbeat,
    encode_indication,
    encode_signal,
    encode_tick,
    encode_verdict,
)
from services.matcher.adapters.topics.described_faults import LONGEST_REASON
from services.matcher.adapters.topics.records import ProducerRecord
from services.matcher.domain.engine.messages import SignalsMessage
from tests.matcher.builders import NOON, hit
from tests.matcher.messages import Given, event, given, tick, tick_message


def reasons(message: Given) -> list[str]:
    return [item.reason for item in decode_events(message) if isinstance(item, Poison)]


def test_an_object_is_an_event_with_headers_or_without() -> None:
    bare = given(event())
    dressed = Given(bare.value, cloud_headers(EVENT, "e-1", "reuters", NOON))

    assert (
        list(decode_events(bare)) == list(decode_events(dressed)) == [Event.model_validate(event())]
    )


def test_an_array_is_a_bundle_with_headers_or_without() -> None:
    bare = given([event(), event(id="e-2")])
    dressed = Given(bare.value, cloud_headers(EVENTS_BATCH, "b-1", "ingest", NOON))

    assert [item.id for item in decode_events(bare) if isinstance(item, Event)] == ["e-1", "e-2"]
    assert list(decode_events(bare)) == list(decode_events(dressed))


def test_a_tick_is_known_by_its_type() -> None:
    sent = tick(NOON + timedelta(minutes=1), partition=1, partitions=4)

    assert list(decode_events(tick_message(sent))) == [sent]


def test_a_tick_of_another_partition_would_lie_about_it() -> None:
    sent = tick(partition=0, partitions=4)

    assert reasons(tick_message(sent, partition=1)) == ["partition: 0 of 4, in 1"]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param(None, "empty message", id="no value"),
        pytest.param(b"", "empty message", id="nothing in it"),
        pytest.param(b"{nope", "Invalid JSON", id="no JSON"),
        pytest.param(b'[{"id": 1}', "invalid JSON", id="half a bundle"),
        pytest.param(b'"words"', "must be a map of keys", id="no object"),
        pytest.param(b"\xff\xfe", "Invalid JSON", id="no text"),
        pytest.param(b"[" * 10_000, "invalid JSON", id="too deep"),
    ],
)
def test_what_cannot_be_read_is_one_piece_of_poison(value: bytes | None, reason: str) -> None:
    (poison,) = decode_events(Given(value))

    assert isinstance(poison, Poison)
    assert poison.raw == value
    assert reason in poison.reason


def test_an_invalid_event_is_refused_by_its_fields() -> None:
    broken = event(credibility=9, lat=91)

    (reason,) = reasons(given(broken))

    assert "credibility: " in reason
    assert "lat: " in reason


def test_a_foreign_type_is_refused_by_its_name() -> None:
    message = Given(given(event()).value, [("ce_type", b"com.example.order")])

    assert reasons(message) == ["ce_type: 'com.example.order' is not read here"]


def test_the_items_of_a_bundle_are_judged_singly() -> None:
    items = list(decode_events(given([event(), {"id": "bad"}, "words", event(id="e-2")])))

    assert [type(item) for item in items] == [Event, Poison, Poison, Event]
    poison = items[1]
    assert isinstance(poison, Poison)
    assert json.loads(poison.raw or b"") == {"id": "bad"}
    assert "source: " in poison.reason


def test_a_reason_fits_a_header_however_much_is_wrong() -> None:
    quantities = {"x" * 500 + str(number): "many" for number in range(100)}

    (reason,) = reasons(given(event(quantities=quantities)))

    assert len(reason) <= LONGEST_REASON


BARRIER = BackfillBarrier(partition=1, partitions=4, bundle=3)
HEARTBEAT = Heartbeat(source="reuters", event="e-1", at=NOON, partition=1)
NEWS = Indication(pack="iraq", hypothesis="coup", rule="march", at=NOON)


@pytest.mark.parametrize(
    ("record", "sent"),
    [
        (encode_signal(hit(0)), hit(0)),
        (encode_indication(NEWS), NEWS),
        (encode_heartbeat(HEARTBEAT), HEARTBEAT),
        (encode_tick(tick(), 1), tick()),
        (encode_barrier(BARRIER, 1), BARRIER),
    ],
    ids=["signal", "indication", "heartbeat", "tick", "barrier"],
)
def test_messages_of_the_signals_topic_are_decoded_by_their_type(
    record: ProducerRecord, sent: SignalsMessage
) -> None:
    assert decode_signals_message(Given(record.value, record.headers)) == sent


def test_a_message_of_the_signals_topic_without_a_type_is_a_signal_or_poison() -> None:
    assert decode_signals_message(Given(encode_signal(hit(0)).value)) == hit(0)

    poison = decode_signals_message(Given(encode_tick(tick(), 1).value))

    assert isinstance(poison, Poison)
    assert "identity: " in poison.reason


def test_a_message_of_a_later_release_is_poison_with_the_way_out() -> None:
    later = [("ce_dataschema", b"urn:vedette:event:%d" % (SCHEMA_VERSION + 1))]

    (item,) = decode_events(Given(given(event()).value, later))
    signal = decode_signals_message(Given(b"{}", later))

    for refused in (item, signal):
        assert isinstance(refused, Poison)
        assert "upgrade" in refused.reason


def test_the_same_hit_found_by_words_and_by_the_reader_are_two_messages() -> None:
    suspected = hit(1).model_copy(update={"suspected": True})

    first, second = encode_signal(hit(1)), encode_signal(suspected)

    assert dict(first.headers)["ce_id"] != dict(second.headers)["ce_id"]
    assert first.key == second.key


def test_a_verdict_goes_to_the_window_of_its_alert() -> None:
    verdict = Verdict(
        pack="iraq", rule="joint_march", alert="a1", judgement=Judgement.USEFUL, by="ann", at=NOON
    )

    record = encode_verdict(verdict)

    assert record.key == hit(1).key
    assert dict(record.headers)["ce_type"] == b"vedette.verdict"
