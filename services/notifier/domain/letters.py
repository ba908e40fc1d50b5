"""Lines of the ledger and dead letters, as messages."""

from dataclasses import dataclass
from datetime import datetime

from schemas.alert import Alert
from schemas.envelope import LEDGER as LEDGER_TYPE
from schemas.envelope import cloud_headers, dead_letter_headers
from schemas.ledger import Act, Entry, LedgerLine
from schemas.topics import DEAD_LETTERS, LEDGER
from services.notifier.domain.entry import has_ended
from services.notifier.domain.ports import AlertPosition, Claim, Job, OutboxRecord

SOURCE = "vedette/notifier"
WHERE = "notifier"
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class LoggedAct:
    """What was done about a revision, why, and the log's entry since (None: as it was)."""

    act: Act
    reason: str
    entry: Entry | None = None


def act_of(alert: Alert, otherwise: Act) -> Act:
    """What it means that a receiver took this revision."""
    return Act.RESOLVED if has_ended(alert) else otherwise


def ledger_record(alert: Alert, receiver: str, logged: LoggedAct, now: datetime) -> OutboxRecord:
    """One line about one act at one receiver."""
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


def superseding_record(job: Job, receiver: str, now: datetime) -> OutboxRecord:
    """That this revision takes the place of one still queued."""
    logged = LoggedAct(Act.SUPERSEDES, "an earlier revision, still queued, is not sent any more")
    return ledger_record(job.alert, receiver, logged, now)


def dead_letter(
    key: bytes | None, raw: bytes, origin: AlertPosition, reason: str, where: str
) -> OutboxRecord:
    """The raw bytes of what could not be used, and why."""
    headers = dead_letter_headers(
        reason[:LONGEST_REASON], where, origin.topic, origin.partition, origin.offset
    )
    return OutboxRecord(DEAD_LETTERS, key, raw, headers)


def failure_records(claim: Claim, logged: LoggedAct, now: datetime) -> list[OutboxRecord]:
    """What giving up leaves behind: a line and a dead letter."""
    job = claim.job
    key = job.alert.fingerprint.encode()
    where = f"{WHERE}:{claim.receiver}"
    return [
        ledger_record(job.alert, claim.receiver, logged, now),
        dead_letter(key, job.raw, job.origin, logged.reason, where),
    ]
