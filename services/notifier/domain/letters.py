"""Lines of the ledger and dead letters, as messages."""

from datetime import datetime

from schemas.alert import Alert
from schemas.envelope import LEDGER as LEDGER_TYPE
from schemas.envelope import cloud_headers, dead_letter_headers
from schemas.ledger import Act, LedgerLine
from schemas.topics import DEAD_LETTERS, LEDGER
from services.notifier.domain.entry import has_ended
from services.notifier.domain.ports import Claim, Letter, Origin

SOURCE = "vedette/notifier"
WHERE = "notifier"
LONGEST_REASON = 500


def act_of(alert: Alert) -> Act:
    """What it means that a receiver took this revision."""
    return Act.RESOLVED if has_ended(alert) else Act.NOTIFIED


def ledger_letter(claim: Claim, act: Act, reason: str, now: datetime) -> Letter:
    """One line about one act at one receiver; a repeat of it has the same id."""
    alert = claim.alert
    line = LedgerLine(
        at=now,
        act=act,
        fingerprint=alert.fingerprint,
        alert=alert.id,
        revision=alert.revision,
        receiver=claim.receiver,
        reason=reason[:LONGEST_REASON],
    )
    identity = f"{alert.id}/{alert.revision}/{claim.receiver}/{act}"
    headers = cloud_headers(LEDGER_TYPE, identity, SOURCE, now)
    value = line.model_dump_json(exclude_defaults=True).encode()
    return Letter(LEDGER, alert.fingerprint.encode(), value, headers)


def dead_letter(key: bytes | None, raw: bytes, origin: Origin, reason: str, where: str) -> Letter:
    """The raw bytes of what could not be used, and why."""
    headers = dead_letter_headers(
        reason[:LONGEST_REASON], where, origin.topic, origin.partition, origin.offset
    )
    return Letter(DEAD_LETTERS, key, raw, headers)


def refusal_letters(claim: Claim, reason: str, now: datetime) -> list[Letter]:
    """What a permanent refusal leaves behind: a failed line and a dead letter."""
    job = claim.job
    key = job.alert.fingerprint.encode()
    where = f"{WHERE}:{claim.receiver}"
    return [
        ledger_letter(claim, Act.FAILED, reason, now),
        dead_letter(key, job.raw, job.origin, reason, where),
    ]
