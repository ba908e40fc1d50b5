"""The notifier's formats: written, read back, and read when a later release wrote them."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from schemas.alert import Status
from schemas.envelope import LEDGER, Headers, cloud_headers, header
from schemas.ledger import Act, Entry, LedgerLine, Sending
from schemas.version import SCHEMA_VERSION, NewerSchema
from services.notifier.domain.codec import (
    decode_alert,
    decode_completion,
    decode_entry,
    decode_job,
    decode_ledger_line,
    decode_record,
    encode_completion,
    encode_entry,
    encode_origin,
    encode_record,
)
from services.notifier.domain.ports import Job, OutboxRecord
from services.notifier.domain.rebuild_ports import Completion
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
class TopicMessage:
    """A message of the alerts or the ledger topic."""

    value: bytes | None
    key: bytes | None = b"k"
    topic: str = "t.alerts"
    partition: int = 0
    offset: int = 0
    headers: Headers = field(default_factory=list)


LATER_HEADERS: Headers = [("ce_dataschema", f"urn:vedette:alert:{SCHEMA_VERSION + 1}".encode())]


def add_keys(raw: str | bytes) -> str:
    """The same JSON with a key that is not known."""
    return json.dumps(json.loads(raw) | {"added": {"by": ["later"]}})


def raise_version(raw: str | bytes) -> str:
    """The same JSON as a later release would write it."""
    return json.dumps(json.loads(raw) | {"schema_version": SCHEMA_VERSION + 1})


@FORMATS
def test_what_is_written_is_read_back(written: tuple[Any, Any, Any]) -> None:
    value, encode, decode = written

    assert decode(encode(value)) == value


@FORMATS
def test_keys_that_are_not_known_are_ignored(written: tuple[Any, Any, Any]) -> None:
    value, encode, decode = written

    assert decode(add_keys(encode(value))) == value


@FORMATS
def test_what_a_later_release_wrote_is_refused(written: tuple[Any, Any, Any]) -> None:
    value, encode, decode = written

    with pytest.raises(NewerSchema, match="upgrade"):
        decode(raise_version(encode(value)))


def test_a_sending_with_added_keys_is_read() -> None:
    raw = json.loads(encode_entry(ENTRY))
    raw["sending"]["added"] = True

    assert decode_entry(json.dumps(raw).encode()) == ENTRY


def test_a_queued_job_with_added_keys_is_read() -> None:
    queued = job(alert())
    position = add_keys(encode_origin(queued)).encode()
    raw = add_keys(queued.raw).encode()

    assert decode_job(raw, position) == Job(queued.alert, raw, queued.position, queued.trace)


def test_a_job_that_a_later_release_queued_is_refused() -> None:
    queued = job(alert())
    position = raise_version(encode_origin(queued)).encode()

    with pytest.raises(NewerSchema):
        decode_job(queued.raw, position)


def test_an_alert_with_added_keys_is_read() -> None:
    raw = json.loads(wire(alert(evidence=(evidence(),))))
    raw["evidence"][0]["added"] = raw["rule"]["added"] = raw["added"] = "later"

    decoded = decode_alert(TopicMessage(json.dumps(raw).encode()))

    assert isinstance(decoded, Job)
    assert decoded.alert == alert()


def test_a_malformed_alert_is_a_dead_letter_that_names_the_faults() -> None:
    decoded = decode_alert(TopicMessage(b'{"id": "x"}'))

    assert isinstance(decoded, OutboxRecord)
    assert (decoded.key, decoded.value) == (b"k", b'{"id": "x"}')
    assert b"fingerprint: is missing" in dict(decoded.headers)["reason"]


def test_an_alert_of_a_later_release_is_a_dead_letter_that_keeps_its_version() -> None:
    decoded = decode_alert(TopicMessage(wire(alert()), headers=LATER_HEADERS))

    assert isinstance(decoded, OutboxRecord)
    assert "upgrade" in (header(decoded.headers, "reason") or "")
    assert LATER_HEADERS[0] in decoded.headers


def test_a_ledger_line_is_read_and_one_of_a_later_release_is_refused() -> None:
    line = LedgerLine(
        at=NOON, act=Act.NOTIFIED, fingerprint="f", alert="a", revision=1, reason="first"
    )
    raw = line.model_dump_json().encode()

    present = cloud_headers(LEDGER, "1", "n", NOON)

    assert decode_ledger_line(TopicMessage(raw, headers=present)) == line
    with pytest.raises(NewerSchema):
        decode_ledger_line(TopicMessage(raw, headers=LATER_HEADERS))
