"""Every message and record format of the notifier: alerts, ledger lines, dead letters, Redis.

Readers ignore unknown keys, whatever schema version a newer notifier wrote.
"""

import json
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import ValidationError

from schemas.alert import Alert
from schemas.envelope import LEDGER as LEDGER_TYPE
from schemas.envelope import SIGNAL, cloud_headers, dead_letter_headers, find_unreadable_name
from schemas.ledger import Act, Entry, LedgerLine
from schemas.signal import Signal
from schemas.topics import DEAD_LETTERS, LEDGER, SIGNALS
from services.notifier.domain.ports import AlertPosition, Claim, Completion, Job, OutboxRecord

SCHEMA_VERSION = 1
"""Of log entries and outbox records in Redis; raised when the meaning of a key changes."""
SOURCE = "vedette/notifier"
WHERE = "notifier"
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class LoggedAct:
    """An act on a revision, its reason, and the log entry after it (None: unchanged)."""

    act: Act
    reason: str
    entry: Entry | None = None


def decode_alert(record: Any) -> Job | OutboxRecord:
    """The alert in a Kafka message of the alerts topic, or the dead letter for a malformed one."""
    position = AlertPosition(record.topic, record.partition, record.offset)
    raw = record.value or b""
    if (fault := find_unreadable_name(record.headers)) is not None:
        return encode_dead_letter(record.key, raw, position, fault, WHERE)
    try:
        return Job(Alert.model_validate_json(raw), raw, position)
    except ValidationError as error:
        return encode_dead_letter(record.key, raw, position, _describe_faults(error), WHERE)


def encode_ledger_line(
    alert: Alert, receiver: str, logged: LoggedAct, now: datetime
) -> OutboxRecord:
    """One ledger line about one act at one receiver."""
    line = LedgerLine(
        at=now,
        act=logged.act,
        fingerprint=alert.fingerprint,
        alert=alert.id,
        revision=alert.revision,
        receiver=receiver,
        reason=logged.reason[:LONGEST_REASON],
        status=alert.status,
        level=alert.level,
        entry=logged.entry,
    )
    identity = f"{alert.id}/{alert.revision}/{receiver}/{logged.act}/{now.timestamp():.6f}"
    headers = cloud_headers(LEDGER_TYPE, identity, SOURCE, now)
    value = line.model_dump_json(exclude_defaults=True).encode()
    return OutboxRecord(LEDGER, alert.fingerprint.encode(), value, headers)


def encode_superseding(job: Job, receiver: str, now: datetime) -> OutboxRecord:
    """The ledger line of a revision that replaces one still queued."""
    logged = LoggedAct(Act.SUPERSEDES, "an earlier revision, still queued, is not sent any more")
    return encode_ledger_line(job.alert, receiver, logged, now)


def encode_failure(claim: Claim, logged: LoggedAct, now: datetime) -> list[OutboxRecord]:
    """The ledger line and the dead letter of a revision that is given up."""
    job, where = claim.job, f"{WHERE}:{claim.receiver}"
    key = job.alert.fingerprint.encode()
    return [
        encode_ledger_line(job.alert, claim.receiver, logged, now),
        encode_dead_letter(key, job.raw, job.position, logged.reason, where),
    ]


def encode_dead_letter(
    key: bytes | None, raw: bytes, position: AlertPosition, reason: str, where: str
) -> OutboxRecord:
    """The raw bytes of an unusable message, with the reason in the headers."""
    headers = dead_letter_headers(
        reason[:LONGEST_REASON], where, position.topic, position.partition, position.offset
    )
    return OutboxRecord(DEAD_LETTERS, key, raw, headers)


def encode_signal(signal: Signal) -> OutboxRecord:
    """A signal for a duty window, which the matcher keeps."""
    identity = f"{signal.rule}/{signal.identity}"
    headers = cloud_headers(SIGNAL, identity, SOURCE, signal.occurred_at)
    value = signal.model_dump_json(exclude_defaults=True).encode()
    return OutboxRecord(SIGNALS, signal.key, value, headers)


def encode_entry(entry: Entry) -> str:
    """A log entry as JSON."""
    return json.dumps({"schema_version": SCHEMA_VERSION} | entry.model_dump(mode="json"))


def decode_entry(raw: bytes | str | None) -> Entry | None:
    """What `encode_entry` wrote, or None for none."""
    return Entry.model_validate_json(raw) if raw else None


def encode_position(position: AlertPosition) -> str:
    """A position as JSON."""
    return json.dumps(asdict(position))


def decode_job(raw: bytes, position: bytes) -> Job:
    """A queued job: the alert's bytes and what `encode_position` wrote."""
    read = json.loads(position)
    at = AlertPosition(read["topic"], read["partition"], read["offset"])
    return Job(Alert.model_validate_json(raw), raw, at)


def encode_record(record: OutboxRecord) -> str:
    """An outbox record as one line of JSON, bytes as base64."""
    return json.dumps(
        {
            "schema_version": SCHEMA_VERSION,
            "topic": record.topic,
            "key": None if record.key is None else _encode_bytes(record.key),
            "value": _encode_bytes(record.value),
            "headers": [[name, _encode_bytes(value)] for name, value in record.headers],
        }
    )


def decode_record(line: bytes | str) -> OutboxRecord:
    """What `encode_record` wrote."""
    read = json.loads(line)
    return OutboxRecord(
        topic=read["topic"],
        key=None if read["key"] is None else b64decode(read["key"]),
        value=b64decode(read["value"]),
        headers=[(name, b64decode(value)) for name, value in read["headers"]],
    )


def encode_completion(completion: Completion) -> str:
    """A completion as JSON."""
    return json.dumps({"at": completion.at.isoformat(), "gap": completion.gap})


def decode_completion(raw: bytes | str) -> Completion:
    """What `encode_completion` wrote."""
    read = json.loads(raw)
    return Completion(datetime.fromisoformat(read["at"]), read["gap"])


def encode_time(time: datetime) -> int:
    """Whole milliseconds since 1970, as the scores of the queue."""
    return int(time.timestamp() * 1000)


def decode_time(milliseconds: bytes) -> datetime:
    """What `encode_time` wrote, in UTC."""
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)


def encode_span(span: timedelta) -> int:
    """Whole milliseconds."""
    return int(span / timedelta(milliseconds=1))


def _encode_bytes(raw: bytes) -> str:
    return b64encode(raw).decode("ascii")


def _describe_faults(error: ValidationError) -> str:
    faults = [
        f"{'.'.join(map(str, fault['loc'])) or 'value'}: {fault['msg']}" for fault in error.errors()
    ]
    return "malformed alert: " + "; ".join(faults)
