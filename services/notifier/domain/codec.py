"""Every message and record format of the notifier: alerts, ledger lines, dead letters, Redis.

Every decoder raises NewerSchema for what a later release wrote; see schemas.version.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import ValidationError

from schemas.alert import Alert
from schemas.envelope import (
    ALERT,
    DATA_SCHEMA,
    SIGNAL,
    check_schema,
    cloud_headers,
    data_schema,
    dead_letter_headers,
    find_header_fault,
)
from schemas.envelope import LEDGER as LEDGER_TYPE
from schemas.ledger import Act, Entry, LedgerLine
from schemas.signal import Signal
from schemas.topics import DEAD_LETTERS, LEDGER, SIGNALS
from schemas.version import FIRST_VERSION, SCHEMA_VERSION, check_version
from services.error_messages import describe_error
from services.notifier.domain.ports import AlertPosition, Claim, Job, OutboxRecord
from services.notifier.domain.rebuild_ports import Completion
from services.trace_context import read_record_trace, read_trace

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
    fault = find_header_fault(record.headers)
    try:
        if fault is None:
            alert, trace = Alert.model_validate_json(raw), read_record_trace(record.headers)
            return Job(alert, raw, position, trace)
    except ValidationError as error:
        fault = _describe_faults(error)
    refused = OutboxRecord(DEAD_LETTERS, record.key, raw, list(record.headers))
    return _add_reason(refused, position, fault, WHERE)


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


def decode_ledger_line(record: Any) -> LedgerLine:
    """The line in a Kafka message of the ledger topic.

    Raises:
        NewerSchema: a later release wrote it.
        ValueError: it is malformed.
    """
    check_schema(record.headers)
    return LedgerLine.model_validate_json(record.value or b"")


def encode_superseding(job: Job, receiver: str, now: datetime) -> OutboxRecord:
    """The ledger line of a revision that replaces one still queued."""
    logged = LoggedAct(Act.SUPERSEDES, "an earlier revision, still queued, is not sent any more")
    return encode_ledger_line(job.alert, receiver, logged, now)


def encode_failure(claim: Claim, logged: LoggedAct, now: datetime) -> list[OutboxRecord]:
    """The ledger line and the dead letter of a revision that is given up."""
    job, where = claim.job, f"{WHERE}:{claim.receiver}"
    schema = [(DATA_SCHEMA, data_schema(ALERT).encode())]
    refused = OutboxRecord(DEAD_LETTERS, job.alert.fingerprint.encode(), job.raw, schema)
    return [
        encode_ledger_line(job.alert, claim.receiver, logged, now),
        _add_reason(refused, job.position, logged.reason, where),
    ]


def _add_reason(
    refused: OutboxRecord, position: AlertPosition, reason: str, where: str
) -> OutboxRecord:
    """A dead letter with its reason behind the headers of the message, which a retry needs."""
    added = dead_letter_headers(
        reason[:LONGEST_REASON], where, position.topic, position.partition, position.offset
    )
    return replace(refused, headers=[*refused.headers, *added])


def encode_signal(signal: Signal) -> OutboxRecord:
    """A signal for a duty window, which the matcher keeps."""
    identity = f"{signal.rule}/{signal.identity}"
    headers = cloud_headers(SIGNAL, identity, SOURCE, signal.occurred_at)
    value = signal.model_dump_json(exclude_defaults=True).encode()
    return OutboxRecord(SIGNALS, signal.key, value, headers)


def encode_entry(entry: Entry) -> str:
    """A log entry as JSON."""
    return _encode_fields(entry.model_dump(mode="json"))


def decode_entry(raw: bytes | str | None) -> Entry | None:
    """What `encode_entry` wrote, or None for none."""
    return Entry.model_validate(_decode_fields(raw)) if raw else None


def encode_origin(job: Job) -> str:
    """Where the job's alert is stored, and its trace, as JSON."""
    trace = {} if job.trace is None else job.trace.write_fields()
    return _encode_fields(asdict(job.position) | trace)


def decode_job(raw: bytes, origin: bytes) -> Job:
    """A queued job: the alert's bytes and what `encode_origin` wrote."""
    read = _decode_fields(origin)
    at = AlertPosition(read["topic"], read["partition"], read["offset"])
    return Job(Alert.model_validate_json(raw), raw, at, read_trace(read))


def encode_record(record: OutboxRecord) -> str:
    """An outbox record as one line of JSON, bytes as base64."""
    return _encode_fields(
        {
            "topic": record.topic,
            "key": None if record.key is None else _encode_bytes(record.key),
            "value": _encode_bytes(record.value),
            "headers": [[name, _encode_bytes(value)] for name, value in record.headers],
        }
    )


def decode_record(line: bytes | str) -> OutboxRecord:
    """What `encode_record` wrote."""
    read = _decode_fields(line)
    return OutboxRecord(
        topic=read["topic"],
        key=None if read["key"] is None else b64decode(read["key"]),
        value=b64decode(read["value"]),
        headers=[(name, b64decode(value)) for name, value in read["headers"]],
    )


def encode_completion(completion: Completion) -> str:
    """A completion as JSON."""
    return _encode_fields({"at": completion.at.isoformat(), "gap": completion.gap})


def decode_completion(raw: bytes | str) -> Completion:
    """What `encode_completion` wrote."""
    read = _decode_fields(raw)
    return Completion(datetime.fromisoformat(read["at"]), read["gap"])


def encode_time(time: datetime) -> int:
    """Whole milliseconds since 1970, as the scores of the queue."""
    return int(time.timestamp() * 1000)


def decode_time(milliseconds: bytes | int) -> datetime:
    """What `encode_time` wrote, in UTC."""
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)


def encode_span(span: timedelta) -> int:
    """Whole milliseconds."""
    return int(span / timedelta(milliseconds=1))


def _encode_fields(fields: Mapping[str, Any]) -> str:
    return json.dumps({"schema_version": SCHEMA_VERSION, **fields})


def _decode_fields(raw: bytes | str) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(raw)
    check_version(fields.get("schema_version", FIRST_VERSION))
    return fields


def _encode_bytes(raw: bytes) -> str:
    return b64encode(raw).decode("ascii")


def _describe_faults(error: ValidationError) -> str:
    faults = [
        f"{'.'.join(map(str, fault['loc'])) or 'value'}: {describe_error(fault)}"
        for fault in error.errors()
    ]
    return "malformed alert: " + "; ".join(faults)
