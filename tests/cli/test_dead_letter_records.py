"""What of the dead letters is open, and what each sends again."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from kafka.consumer.fetcher import ConsumerRecord

from cli.dead_letter_records import (
    DeadLetter,
    ResentRecord,
    find_open,
    records_to_resend,
    retry_marker_headers,
)
from cli.retry import is_selected
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


def records(*found: DeadLetterRecord) -> list[ConsumerRecord]:
    return list(found)


def headers(reason: str = "no time", topic: str = "vedette.events") -> Headers:
    return dead_letter_headers(reason, "detect", topic, 3, 17)


def letter(value: bytes | None = b"x", **changes: Any) -> DeadLetter:
    said = headers(changes.pop("reason", "no time"), changes.pop("topic", "vedette.events"))
    more = [(name, str(told).encode()) for name, told in changes.items()]
    (found,) = find_open(records(DeadLetterRecord(value, [("ce_type", b"t"), *said, *more])))
    return found


def sent(one: DeadLetter, *originals: DeadLetterRecord) -> list[ResentRecord]:
    return list(records_to_resend(one, records(*originals)))


def test_a_letter_that_was_sent_again_is_no_longer_open() -> None:
    first, second = (
        DeadLetterRecord(b"a", headers(), offset=4),
        DeadLetterRecord(b"b", headers(), offset=5),
    )
    mark = DeadLetterRecord(None, retry_marker_headers(find_open(records(first))[0]), offset=6)

    assert [one.value for one in find_open(records(first, second, mark))] == [b"b"]


def test_what_is_no_letter_of_ours_is_left_out() -> None:
    assert find_open(records(DeadLetterRecord(b"a", [("topic", b"t")]))) == []


def test_an_event_goes_again_under_its_own_key() -> None:
    raw = json.dumps(EVENT).encode()

    assert sent(letter(raw)) == [ResentRecord("vedette.events", b"afp e-2", raw, [])]


def test_what_is_still_no_event_goes_under_the_key_it_had() -> None:
    assert sent(letter(b"{")) == [ResentRecord("vedette.events", b"k", b"{", [])]


def test_a_signal_goes_again_with_its_headers() -> None:
    one = letter(b"{}", topic="vedette.signals")

    assert sent(one) == [ResentRecord("vedette.signals", b"k", b"{}", [("ce_type", b"t")])]


def test_a_letter_without_bytes_sends_the_message_where_it_stands() -> None:
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
