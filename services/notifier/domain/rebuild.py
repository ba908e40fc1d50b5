"""What a lost notification log gets back from the ledger and the alerts topic."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from schemas.alert import Status
from schemas.ledger import Act, Entry, LedgerLine, Sending
from services.notifier.domain.codec import LoggedAct, encode_ledger_line
from services.notifier.domain.decide import Reason, ReceiverTraits, Skip, decide
from services.notifier.domain.entry import (
    KEPT_AFTER_END,
    begin_sending,
    forget_content,
    has_ended,
    notified_content,
    pass_over,
)
from services.notifier.domain.ports import Job, RecordedAlert, RecoveredEntry
from services.notifier.domain.retry import DEADLINE, LONGEST_ASKED

# what was still queued was taken within this before the newest line: by then it is given up
REACH = DEADLINE + 2 * LONGEST_ASKED

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class LogRebuild:
    """One rebuilding, begun at `now`; an outcome that it leaves in doubt stays so for `hold`.

    `newest` is the time of the newest line of the ledger, None while there is none.
    """

    now: datetime
    hold: timedelta
    newest: datetime | None = None

    @property
    def horizon(self) -> datetime:
        """What was told before it is queued no more, unless nothing at all is known of it."""
        return (self.newest or self.now) - REACH

    @property
    def since(self) -> datetime:
        """From when on to read the alerts again."""
        return self.now - KEPT_AFTER_END if self.newest is None else self.horizon


@dataclass(frozen=True, slots=True)
class Found:
    """What one revision gives back: entries to keep, jobs to queue."""

    recoveries: list[RecoveredEntry] = field(default_factory=list)
    jobs: list[tuple[str, Job]] = field(default_factory=list)


def after_lines(rebuild: LogRebuild, lines: Iterable[LedgerLine]) -> LogRebuild:
    """The rebuilding after these lines were read too."""
    times = [line.at for line in lines]
    known = [] if rebuild.newest is None else [rebuild.newest]
    return replace(rebuild, newest=max(times + known, default=None))


def from_lines(lines: Iterable[LedgerLine]) -> list[RecoveredEntry]:
    """What these lines say of the log: for each alert and receiver the newest entry."""
    newest: dict[Key, RecoveredEntry] = {}
    for line in lines:
        if line.receiver is None or line.entry is None:
            continue
        key = (line.receiver, line.alert)
        if key not in newest or line.entry.serial >= newest[key].entry.serial:
            over = line.status is not Status.FIRING
            newest[key] = RecoveredEntry(*key, line.entry, line.at, over)
    return list(newest.values())


def from_past(
    rebuild: LogRebuild,
    past: RecordedAlert,
    known: Mapping[str, Entry | None],
    traits: Iterable[ReceiverTraits],
) -> Found:
    """What becomes of a revision that stands in the alerts topic, at each of its receivers.

    `known` is what the log has got back about its alert so far, by receiver.
    """
    found = Found()
    for one in traits:
        entry = known[one.name]
        after = _in_doubt(rebuild, past, entry, one)
        if after != (entry or Entry()):
            found.recoveries.append(_recovery(rebuild, past, after, one.name))
        if past.is_taken and _is_due(rebuild, past, after, one):
            found.jobs.append((one.name, past.job))
    return found


def _in_doubt(
    rebuild: LogRebuild, past: RecordedAlert, entry: Entry | None, traits: ReceiverTraits
) -> Entry:
    alert, known = past.job.alert, entry or Entry()
    if alert.revision <= max(known.revision, known.given_up):
        return known
    if known.sending is not None:
        after = _unsettled(known, known.sending, rebuild)
    elif known.status is not None:
        # lines may be missing: something else may have been sent since
        moved = known.notified_content is not None and known.notified_content != notified_content(
            alert
        )
        after = forget_content(known) if moved else known
    elif traits.idempotent and (entry is not None or not past.is_taken):
        after = known
    else:
        after = begin_sending(known, _blind(rebuild, past))
    return pass_over(after, alert) if past.is_taken and _is_too_old(rebuild, past) else after


def _unsettled(known: Entry, sending: Sending, rebuild: LogRebuild) -> Entry:
    # it may have been tried again since the line was written
    settles_at = rebuild.now + rebuild.hold
    if sending.settles_at >= settles_at:
        return known
    return begin_sending(known, sending.model_copy(update={"settles_at": settles_at}))


def _blind(rebuild: LogRebuild, past: RecordedAlert) -> Sending:
    earliest = min(past.at, past.job.alert.detected_at, rebuild.now)
    return Sending(
        revision=past.job.alert.revision,
        since=max(earliest, rebuild.now - KEPT_AFTER_END),
        settles_at=rebuild.now + rebuild.hold,
        assumed=True,
    )


def _is_due(rebuild: LogRebuild, past: RecordedAlert, entry: Entry, traits: ReceiverTraits) -> bool:
    alert = past.job.alert
    if alert.revision <= entry.given_up or _is_too_old(rebuild, past):
        return False
    return not isinstance(decide(entry, alert, traits, rebuild.now), Skip)


def _is_too_old(rebuild: LogRebuild, past: RecordedAlert) -> bool:
    return past.at < rebuild.horizon and has_ended(past.job.alert)


def _recovery(
    rebuild: LogRebuild, past: RecordedAlert, entry: Entry, receiver: str
) -> RecoveredEntry:
    alert = past.job.alert
    logged = LoggedAct(Act.IN_DOUBT, Reason.LOG_LOST, entry)
    line = encode_ledger_line(alert, receiver, logged, rebuild.now)
    return RecoveredEntry(receiver, alert.id, entry, rebuild.now, has_ended(alert), (line,))
