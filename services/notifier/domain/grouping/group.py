"""A group of alerts at a receiver: its members, and what of them the receiver does not show yet."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from schemas.alert import Alert, Level, Status
from schemas.ledger import Entry
from services.notifier.domain.decisions import Reason
from services.notifier.domain.entry import has_ended, notified_content, read_content


@dataclass(frozen=True, slots=True)
class GroupMember:
    """An alert of a group, without its reports; `queued_at`: when this revision came."""

    alert: Alert
    entry: Entry
    queued_at: datetime


class ChangeKind(StrEnum):
    """What is new of a member since it was shown."""

    NEW = "new"
    CHANGED = "changed"
    ENDED = "ended"
    ENDED_UNSEEN = "ended unseen"
    EVIDENCE = "evidence"
    IN_HAND = "in hand"


REASONS = {
    ChangeKind.NEW: Reason.NEW_IN_GROUP,
    ChangeKind.CHANGED: Reason.CHANGED_IN_GROUP,
    ChangeKind.ENDED: Reason.ENDED_IN_GROUP,
    ChangeKind.ENDED_UNSEEN: Reason.ENDED_IN_GROUP,
    ChangeKind.EVIDENCE: Reason.EVIDENCE_ONLY,
    ChangeKind.IN_HAND: Reason.ACKNOWLEDGED,
}
"""Why a group is notified of each, the most urgent first."""


@dataclass(frozen=True, slots=True)
class MemberChange:
    """A member and what is new of it."""

    member: GroupMember
    kind: ChangeKind

    @property
    def is_urgent(self) -> bool:
        """Whether it is a `critical` that nobody has seen as one."""
        return is_urgent_alert(self.member.alert, self.member.entry)


@dataclass(frozen=True, slots=True)
class AlertGroup:
    """The alerts that one message shows, as they are queued.

    `since`: when its first alert came. `changes`: how many revisions came, so that a later one is
    noticed. `latest`: the last that came, with its reports.
    """

    id: str
    since: datetime
    changes: int
    latest: Alert
    members: tuple[GroupMember, ...]


def is_urgent_alert(alert: Alert, entry: Entry) -> bool:
    """Whether a firing alert is a `critical` that nobody has seen as one."""
    shown = read_content(entry.notified_content)
    is_critical = alert.level is Level.CRITICAL and not has_ended(alert)
    return is_critical and (shown is None or shown.level is not Level.CRITICAL)


def find_change(member: GroupMember) -> MemberChange | None:
    """What is new of a member; None: nothing."""
    kind = _find_kind(member.alert, member.entry)
    return None if kind is None else MemberChange(member, kind)


def _find_kind(alert: Alert, entry: Entry) -> ChangeKind | None:
    is_newer = alert.revision > entry.revision
    if has_ended(alert):
        if entry.status is Status.FIRING:
            return ChangeKind.ENDED
        return ChangeKind.ENDED_UNSEEN if is_newer and entry.status is None else None
    if entry.status is None:
        return ChangeKind.NEW if is_newer else None
    if entry.notified_content != notified_content(alert):
        return ChangeKind.CHANGED
    return ChangeKind.EVIDENCE if is_newer else None


def needs_update(entry: Entry, changes: Iterable[MemberChange]) -> Reason | None:
    """Why the group is notified now; None: it is not. Alertmanager's decision, but for repeats.

    A group of which nothing was sent is not begun with an end.
    """
    kinds = {change.kind for change in changes} - {ChangeKind.IN_HAND}
    if entry.status is None:
        return Reason.FIRST if kinds & {ChangeKind.NEW, ChangeKind.CHANGED} else None
    return next((REASONS[kind] for kind in ChangeKind if kind in kinds), None)


@dataclass(frozen=True, slots=True)
class GroupNotice:
    """A group to be shown: the message lists what is `firing`, a reply in its thread the `changes`.

    `revision` counts the messages and edits of the group, `reason` says why this one is shown.
    """

    id: str
    revision: int
    firing: tuple[GroupMember, ...]
    changes: tuple[MemberChange, ...]
    reason: Reason

    @property
    def is_digest(self) -> bool:
        """Whether it is a summary of some time, which is not edited later."""
        return self.reason is Reason.DIGEST
