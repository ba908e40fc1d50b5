"""The notifier's formats: written, read back, and read when a later release wrote them."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from schemas.alert import Status
from schemas.ledger import Entry, Sending
from services.notifier.domain.codec import (
    SCHEMA_VERSION,
    decode_alert,
    decode_completion,
    decode_entry,
    decode_job,
    decode_record,
    encode_completion,
    encode_entry,
    encode_position,
    encode_record,
)
from services.notifier.domain.ports import Completion, Job, OutboxRecord
from tests.notifier.alerts import NOON, SECOND, alert, evidence, job, wire

SENDING = Sending(revision=2, since=NOON, settles_at=NOON + SECOND)
ENTRY = Entry(
    revision=1, status=Status.FIRING, handle="m1", sent_at=NOON, sending=SENDING, serial=3
)
RECORD = OutboxRecord("ledger", b"\xff", b"\x00", [("ce_id", b"x")])
COMPLETION = Completion(NOON, gap=True)
WRITTEN: dict[str, tuple[Any, Any, Any]] = {
    "entry": (ENTRY, encode_entry, decode_entry),
    "outbox record": (RECORD, encode_record, decode_record),
    "completion": (COMPLETION, encode_completion, decode_completion),
}
FORMATS = pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN.keys())


@dataclass
class AlertMessage:
    """A message of the alerts topic."""

    value: bytes | None
    key: bytes | None = b"k"
    topic: str = "t.alerts"
    partition: int = 0
    offset: int = 0
    headers: tuple[tuple[str, bytes], ...] = ()


def write_later(raw: str | bytes) -> str:
    """The same JSON as a later release writes it: a higher version and more keys."""
    read: dict[str, Any] = json.loads(raw)
    return json.dumps(read | {"schema_version": SCHEMA_VERSION + 1, "added": {"by": ["later"]}})


@FORMATS
def test_what_is_written_is_read_back(written: tuple[Any, Any, Any]) -> None:
    value, encode, decode = written

    assert decode(encode(value)) == value


@FORMATS
def test_keys_of_a_later_release_are_ignored(written: tuple[Any, Any, Any]) -> None:
    value, encode, decode = written

    assert decode(write_later(encode(value))) == value


@pytest.mark.parametrize(
    "raw", [encode_entry(ENTRY), encode_record(RECORD)], ids=["entry", "outbox record"]
)
def test_entries_and_records_in_redis_carry_their_version(raw: str) -> None:
    assert json.loads(raw)["schema_version"] == SCHEMA_VERSION


def test_a_sending_of_a_later_release_is_read() -> None:
    raw = json.loads(encode_entry(ENTRY))
    raw["sending"]["added"] = True

    assert decode_entry(json.dumps(raw).encode()) == ENTRY


def test_a_queued_job_of_a_later_release_is_read() -> None:
    queued = job(alert())
    position = write_later(encode_position(queued.position)).encode()
    raw = write_later(queued.raw).encode()

    assert decode_job(raw, position) == Job(queued.alert, raw, queued.position)


def test_an_alert_with_added_keys_is_read() -> None:
    raw = json.loads(wire(alert(evidence=(evidence(),))))
    raw["evidence"][0]["added"] = raw["rule"]["added"] = raw["added"] = "later"

    decoded = decode_alert(AlertMessage(json.dumps(raw).encode()))

    assert isinstance(decoded, Job)
    assert decoded.alert == alert()


def test_a_malformed_alert_is_a_dead_letter_that_names_the_faults() -> None:
    decoded = decode_alert(AlertMessage(b'{"id": "x"}'))

    assert isinstance(decoded, OutboxRecord)
    assert (decoded.key, decoded.value) == (b"k", b'{"id": "x"}')
    assert b"fingerprint: Field required" in dict(decoded.headers)["reason"]
