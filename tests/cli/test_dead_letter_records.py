"""What of the dead letters is open, and what each sends again."""

import json
from dataclasses import dataclass, field

import pytest
from kafka.consumer.fetcher import ConsumerRecord

from cli.dead_letter_records import (
    DeadLetter,
    ResentRecord,
    find_open,
    records_to_resend,
    retry_marker_headers,
)
from cli.faults import CommandFailure
from cli.retry import check_where, describe_left_out, is_selected
from schemas.envelope import Headers, dead_letter_headers

EVENT = {"id": "e-2", "source": "afp", "title": "Rockets", "occurred_at": "2020-01-14T12:00:00Z"}


@dataclass(frozen=True)
class DeadLetterRecord:
    """A message as the consumer gives it."""

    value: bytes | None
    headers: Headers = field(default_factory=list)
    key: bytes | None = b"k"
    partition: int = 0
    offset: int = 0


def records(*values: DeadLetterRecord) -> list[ConsumerRecord]:
    return list(values)


def headers(reason: str = "no time", topic: str = "vedette.events") -> Headers:
    return dead_letter_headers(reason, "detect", topic, 3, 17)


def letter(
    value: bytes | None = b"x", reason: str = "no time", topic: str = "vedette.events"
) -> DeadLetter:
    record = DeadLetterRecord(value, [("ce_type", b"t"), *headers(reason, topic)])
    (parsed,) = find_open(records(record))
    return parsed


def sent(dead_letter: DeadLetter, *originals: DeadLetterRecord) -> list[ResentRecord]:
    return list(records_to_resend(dead_letter, records(*originals)))


def test_a_dead_letter_that_was_sent_again_is_no_longer_open() -> None:
    first, second = (
        DeadLetterRecord(b"a", headers(), offset=4),
        DeadLetterRecord(b"b", headers(), offset=5),
    )
    marker = DeadLetterRecord(None, retry_marker_headers(find_open(records(first))[0]), offset=6)

    assert [each.value for each in find_open(records(first, second, marker))] == [b"b"]


def test_a_record_that_names_no_message_is_left_out() -> None:
    assert find_open(records(DeadLetterRecord(b"a", [("topic", b"t")]))) == []


def test_an_event_goes_again_under_its_own_key() -> None:
    raw = json.dumps(EVENT).encode()

    assert sent(letter(raw)) == [ResentRecord("vedette.events", b"afp e-2", raw, [])]


def test_what_is_still_no_event_goes_under_the_key_it_had() -> None:
    assert sent(letter(b"{")) == [ResentRecord("vedette.events", b"k", b"{", [])]


def test_a_signal_goes_again_with_its_headers() -> None:
    signal = letter(b"{}", topic="vedette.signals")

    assert sent(signal) == [ResentRecord("vedette.signals", b"k", b"{}", [("ce_type", b"t")])]


def test_a_dead_letter_without_a_value_sends_the_message_it_names() -> None:
    original = DeadLetterRecord(b"large", [("ce_type", b"t")], key=b"o")

    assert sent(letter(None), original) == [
        ResentRecord("vedette.events", b"o", b"large", [("ce_type", b"t")])
    ]


@pytest.mark.parametrize(
    ("where", "reason", "source", "asked"),
    [
        (None, None, None, True),
        ("detect", "time", "afp", True),
        ("correlate", None, None, False),
        (None, "space", None, False),
        (None, None, "reuters", False),
    ],
)
def test_everything_that_is_given_must_be_true(
    where: str | None, reason: str | None, source: str | None, asked: bool
) -> None:
    assert is_selected(letter(json.dumps(EVENT).encode()), where, reason, source) == asked


def test_what_came_too_late_is_not_sent_again() -> None:
    assert not is_selected(letter(reason="too_late"), None, None, None)


def test_what_ended_workers_is_sent_again_only_if_its_reason_is_asked_for() -> None:
    lethal = letter(reason="crashes_worker")

    assert not is_selected(lethal, None, None, None)
    assert is_selected(lethal, None, "crashes_worker", None)


def test_what_a_retry_leaves_out_is_counted_with_the_way_to_send_it() -> None:
    letters = [letter(reason=reason) for reason in ("too_late", "too_late", "crashes_worker", "x")]

    assert list(describe_left_out(letters, None)) == [
        "left out: 2 too_late, which every window would refuse again",
        "left out: 1 crashes_worker; once mended: --reason crashes_worker",
    ]
    assert list(describe_left_out(letters[2:], "crashes_worker")) == []


def test_a_mistyped_part_is_no_empty_selection() -> None:
    with pytest.raises(CommandFailure, match="--where events: open dead letters are of "):
        check_where([letter()], "events")

    check_where([], "events")
    check_where([letter()], letter().where)


def test_each_event_of_a_batch_is_sent_again_alone_under_its_own_key() -> None:
    batch = json.dumps([EVENT, EVENT | {"id": "e-3"}]).encode()

    again = sent(letter(batch))

    assert [record.key for record in again] == [b"afp e-2", b"afp e-3"]
    assert [json.loads(record.value or b"")["id"] for record in again] == ["e-2", "e-3"]


def test_events_go_again_with_the_schema_version_of_their_batch() -> None:
    version = ("ce_dataschema", b"urn:vedette:events:bundle:2")
    batch = DeadLetterRecord(json.dumps([EVENT]).encode(), [version, *headers()])

    (parsed,) = find_open(records(batch))

    assert [each.headers for each in sent(parsed)] == [[version]]
