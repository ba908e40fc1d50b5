"""What a lost notification log regains from the ledger and from the alerts topic."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from schemas.alert import Alert, Status
from schemas.ledger import Act, Entry, LedgerLine, Sending
from services.notifier.domain.codec import LoggedAct, encode_ledger_line
from services.notifier.domain.decisions import Reason
from services.notifier.domain.entry import (
    KEPT_AFTER_END,
    begin_sending,
    forget_content,
    has_ended,
    is_dealt_with,
    notified_content,
    pass_over,
)
from services.notifier.domain.rebuild_ports import RecordedAlert, RecoveredEntry
from services.notifier.domain.traits import ReceiverTraits

LOOK_BACK = timedelta(days=7)
"""How long a receiver may have been down when the log is lost, with nothing missed at it."""

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Recovery:
    """What a recorded revision changes at one receiver: the entry, if at all, and the queue."""

    entry: RecoveredEntry | None
    is_due: bool


@dataclass(frozen=True, slots=True)
class KnownGroup:
    """A group at a receiver, with its entry regained so far."""

    receiver: str
    id: str
    entry: Entry | None


@dataclass(frozen=True, slots=True)
class LogRebuild:
    """One rebuild, begun at `now`; an outcome that it finds unknown settles `hold` later.

    `newest`: the time of the newest ledger line, None while there is none.
    """

    now: datetime
    hold: timedelta
    newest: datetime | None = None

    @property
    def horizon(self) -> datetime:
        """Alerts that ended before are not queued."""
        return (self.newest or self.now) - LOOK_BACK

    @property
    def since(self) -> datetime:
        """Where to begin reading the alerts topic."""
        return self.now - KEPT_AFTER_END if self.newest is None else self.horizon

    def add_lines(self, lines: Iterable[LedgerLine]) -> "LogRebuild":
        """The rebuild after these ledger lines were read too."""
        times = [line.at for line in lines]
        known = [] if self.newest is None else [self.newest]
        return replace(self, newest=max(times + known, default=None))

    def recover(
        self, recorded: RecordedAlert, known: Entry | None, traits: ReceiverTraits
    ) -> Recovery:
        """What a revision of the alerts topic changes at a receiver that has it.

        `known`: the entry regained so far, None where the ledger has no line.
        """
        alert, entry = recorded.job.alert, self._revise_entry(recorded, known, traits)
        changed = None
        if entry != (known or Entry()):
            logged = LoggedAct(Act.IN_DOUBT, Reason.LOG_LOST, entry)
            line = encode_ledger_line(alert, traits.name, logged, self.now)
            is_over = has_ended(alert)
            changed = RecoveredEntry(traits.name, alert.id, entry, self.now, is_over, (line,))
        is_open = recorded.is_committed and not self._is_expired(recorded)
        is_new = alert.revision > entry.given_up and not is_dealt_with(entry, alert, traits)
        return Recovery(changed, is_open and is_new)

    def recover_member(
        self, recorded: RecordedAlert, known: Entry | None, group: KnownGroup
    ) -> Recovery:
        """What a revision changes at a receiver where a group shows it.

        A group without a ledger line may have been sent; its message is looked up then.
        """
        alert, entry = recorded.job.alert, known or Entry()
        is_new = alert.revision > entry.revision
        changed = None
        if is_new and group.entry is None:
            doubted = begin_sending(Entry(), self._assume_sending(recorded, revision=1))
            stand_in = alert.model_copy(update={"id": group.id, "fingerprint": group.id})
            logged = LoggedAct(Act.IN_DOUBT, Reason.LOG_LOST, doubted)
            line = encode_ledger_line(stand_in, group.receiver, logged, self.now)
            changed = RecoveredEntry(
                group.receiver, group.id, doubted, self.now, is_over=False, records=(line,)
            )
        is_over = has_ended(alert) and (not is_new or self._is_expired(recorded))
        return Recovery(changed, recorded.is_committed and not is_over)

    def _revise_entry(
        self, recorded: RecordedAlert, known: Entry | None, traits: ReceiverTraits
    ) -> Entry:
        alert, entry = recorded.job.alert, known or Entry()
        if alert.revision <= max(entry.revision, entry.given_up):
            return entry
        if entry.sending is not None or entry.status is not None:
            entry = self._doubt_entry(entry, alert)
        elif not traits.idempotent or (known is None and recorded.is_committed):
            entry = begin_sending(entry, self._assume_sending(recorded))
        is_expired = recorded.is_committed and self._is_expired(recorded)
        return pass_over(entry, alert) if is_expired else entry

    def _doubt_entry(self, entry: Entry, alert: Alert) -> Entry:
        # the ledger's last lines may be missing: it may have been sent, or tried again, since
        sending = entry.sending
        if sending is not None:
            if sending.settles_at >= self._settles_at:
                return entry
            prolonged = sending.model_copy(update={"settles_at": self._settles_at})
            return begin_sending(entry, prolonged)
        is_same = entry.notified_content in (None, notified_content(alert))
        return entry if is_same else forget_content(entry)

    def _assume_sending(self, recorded: RecordedAlert, revision: int | None = None) -> Sending:
        alert = recorded.job.alert
        earliest = min(recorded.at, alert.detected_at, self.now)
        return Sending(
            revision=revision or alert.revision,
            since=max(earliest, self.now - KEPT_AFTER_END),
            settles_at=self._settles_at,
            assumed=True,
        )

    @property
    def _settles_at(self) -> datetime:
        return self.now + self.hold

    def _is_expired(self, recorded: RecordedAlert) -> bool:
        return recorded.at < self.horizon and has_ended(recorded.job.alert)


def read_entries(lines: Iterable[LedgerLine]) -> list[RecoveredEntry]:
    """The newest entry of each alert and receiver in these lines."""
    newest: dict[Key, RecoveredEntry] = {}
    for line in lines:
        if line.receiver is None or line.entry is None:
            continue
        key = (line.receiver, line.alert)
        if key not in newest or line.entry.serial >= newest[key].entry.serial:
            is_over = line.status is not Status.FIRING
            newest[key] = RecoveredEntry(*key, line.entry, line.at, is_over)
    return list(newest.values())
