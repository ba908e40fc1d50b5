"""The ledger lines about acts of people, and what a lost Redis regains from them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from schemas.acknowledgement import Acknowledgement
from schemas.alert import Alert
from schemas.envelope import LEDGER as LEDGER_TYPE
from schemas.envelope import cloud_headers
from schemas.ledger import SILENCE_KEY, Act, LedgerLine
from schemas.recorded_verdict import RecordedVerdict
from schemas.silence import Silence
from schemas.topics import LEDGER
from services.notifier.domain.codec import LONGEST_REASON, SOURCE
from services.notifier.domain.ports import OutboxRecord


def write_silence_line(silence: Silence, what: str, now: datetime) -> LedgerLine:
    """The line about a change of a silence: `made by alice`."""
    key = f"{SILENCE_KEY}{silence.id}"
    matchers = ", ".join(silence.matchers)
    reason = f"{what} until {silence.ends_at:%Y-%m-%d %H:%M}Z: {silence.reason} {{{matchers}}}"
    return LedgerLine(
        at=now,
        act=Act.SILENCED,
        fingerprint=key,
        alert=key,
        revision=silence.serial,
        reason=reason[:LONGEST_REASON],
        silence=silence,
    )


def write_acknowledgement_line(
    alert: Alert, known: Acknowledgement, what: str, now: datetime
) -> LedgerLine:
    """The line about an acknowledgement: `by alice until 12:00Z`."""
    reason = f"{what}: {known.comment}" if known.comment else what
    return LedgerLine(
        at=now,
        act=Act.ACKNOWLEDGED,
        fingerprint=alert.fingerprint,
        alert=alert.id,
        revision=alert.revision,
        reason=reason[:LONGEST_REASON],
        status=alert.status,
        level=alert.level,
        acknowledgement=known,
    )


def write_verdict_line(alert: Alert, verdict: RecordedVerdict) -> LedgerLine:
    """The line about a verdict: `noise, by alice`."""
    reason = f"{verdict.opinion}, by {verdict.by}"
    return LedgerLine(
        at=verdict.at,
        act=Act.JUDGED,
        fingerprint=alert.fingerprint,
        alert=alert.id,
        revision=alert.revision,
        reason=(f"{reason}: {verdict.comment}" if verdict.comment else reason)[:LONGEST_REASON],
        status=alert.status,
        level=alert.level,
        verdict=verdict,
    )


def encode_act_line(line: LedgerLine) -> OutboxRecord:
    """The line as a message of the ledger topic."""
    identity = f"{line.alert}/{line.act}/{line.at.timestamp():.6f}"
    headers = cloud_headers(LEDGER_TYPE, identity, SOURCE, line.at)
    value = line.model_dump_json(exclude_defaults=True).encode()
    return OutboxRecord(LEDGER, line.fingerprint.encode(), value, headers)


@dataclass(frozen=True, slots=True)
class RecoveredActs:
    """What people did, by id, each in its newest version."""

    silences: Mapping[str, Silence] = field(default_factory=dict)
    acknowledgements: Mapping[str, Acknowledgement] = field(default_factory=dict)
    verdicts: Mapping[str, RecordedVerdict] = field(default_factory=dict)


def read_acts(lines: Iterable[LedgerLine]) -> RecoveredActs:
    """The newest silences, acknowledgements and verdicts in these lines, in whatever order."""
    kept = sorted(lines, key=lambda line: line.at)
    silences = sorted((line.silence for line in kept if line.silence), key=_serial)
    taken = sorted((line.acknowledgement for line in kept if line.acknowledgement), key=_serial)
    verdicts = sorted((line.verdict for line in kept if line.verdict), key=_serial)
    return RecoveredActs(
        {silence.id: silence for silence in silences},
        {known.id: known for known in taken},
        {verdict.id: verdict for verdict in verdicts},
    )


def _serial(record: Silence | Acknowledgement | RecordedVerdict) -> int:
    return record.serial
