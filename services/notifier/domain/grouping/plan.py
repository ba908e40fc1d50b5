"""What to do with a group now: notify, or wait; a function of its members and the log."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from schemas.alert import Status
from schemas.ledger import Entry
from services.notifier.domain.decisions import Decision, Defer, PassOver, Reason
from services.notifier.domain.entry import has_ended
from services.notifier.domain.grouping.group import (
    AlertGroup,
    ChangeKind,
    GroupMember,
    MemberChange,
    find_change,
    needs_update,
)
from services.notifier.domain.grouping.timing import Flush, GroupTimes

MOST_ASKED = 200
"""Shown alerts of which all are asked; each costs a round trip."""

Judge = Callable[[GroupMember], Decision | None]
"""What holds a member back at present; None: nothing does."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """The members of a group by what is to be done with them.

    `changes` are let through. `held` wait, `passed` are not notified. `over` need nothing more.
    """

    changes: tuple[MemberChange, ...] = ()
    held: tuple[tuple[GroupMember, Defer], ...] = ()
    passed: tuple[tuple[GroupMember, Reason], ...] = ()
    over: tuple[GroupMember, ...] = ()


@dataclass(frozen=True, slots=True)
class FlushGroup:
    """Notify of the group now."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class AwaitGroup:
    """Decide again at `until`; None: when another revision comes.

    `reason`: what the changes wait for; None: there are none. `is_timer`: others would wait too.
    """

    until: datetime | None = None
    reason: Reason | None = None
    is_timer: bool = False


GroupPlan = FlushGroup | AwaitGroup


def assess_group(group: AlertGroup, entry: Entry, judge: Judge) -> Assessment:
    """Sort the members of a group whose message has the log's `entry`.

    While it is unknown whether a message was sent, only what came before it counts.
    """
    settled = [
        member
        for member in group.members
        if entry.sending is None or entry.sending.assumed or member.queued_at <= entry.sending.since
    ]
    changes = [change for member in settled if (change := find_change(member)) is not None]
    answers = [(change, judge(change.member)) for change in changes]
    return Assessment(
        changes=tuple(change for change, answer in answers if answer is None),
        held=tuple((change.member, wait) for change, wait in answers if isinstance(wait, Defer)),
        passed=tuple(
            (change.member, answer.reason)
            for change, answer in answers
            if isinstance(answer, PassOver)
        ),
        over=tuple(member for member in settled if _is_over(member)),
    )


def _is_over(member: GroupMember) -> bool:
    is_shown = member.entry.status is Status.FIRING and not has_ended(member.alert)
    return find_change(member) is None and not is_shown


def pass_over_unseen(entry: Entry, assessed: Assessment) -> Assessment:
    """Pass over what ended while there is no message of the group, and no other to be sent."""
    if needs_update(entry, assessed.changes) is not None:
        return assessed
    reasons = {ChangeKind.ENDED_UNSEEN: Reason.ENDED_WAITING, ChangeKind.ENDED: Reason.LOST}
    ended = [change for change in assessed.changes if change.kind in reasons]
    return replace(
        assessed,
        changes=tuple(change for change in assessed.changes if change.kind not in reasons),
        passed=(*assessed.passed, *((each.member, reasons[each.kind]) for each in ended)),
    )


def leave_out_evidence(assessed: Assessment) -> Assessment:
    """Pass over what an earlier digest shows, and only has more evidence now."""
    evidence = ChangeKind.EVIDENCE
    more = [change.member for change in assessed.changes if change.kind is evidence]
    return replace(
        assessed,
        changes=tuple(change for change in assessed.changes if change.kind is not evidence),
        passed=(*assessed.passed, *((member, Reason.EVIDENCE_ONLY) for member in more)),
    )


def list_asked(group: AlertGroup, assessed: Assessment) -> list[GroupMember]:
    """The shown alerts of which to ask whether somebody has them in hand; of many the likely."""
    changed = {change.member.alert.id for change in assessed.changes}
    shown = [
        member
        for member in group.members
        if member.entry.status is Status.FIRING
        and not has_ended(member.alert)
        and member.alert.id not in changed
    ]
    if len(shown) <= MOST_ASKED:
        return shown
    latest = group.latest.id
    return [each for each in shown if each.entry.in_hand or each.alert.id == latest]


def list_firing(group: AlertGroup, assessed: Assessment) -> tuple[GroupMember, ...]:
    """The firing alerts that the message shows, once the changes are in it."""
    new = {change.member.alert.id for change in assessed.changes}
    return tuple(
        member
        for member in group.members
        if not has_ended(member.alert)
        and (member.entry.status is Status.FIRING or member.alert.id in new)
    )


def plan_group(
    entry: Entry, assessed: Assessment, times: GroupTimes, now: datetime, *, may_repeat: bool
) -> GroupPlan:
    """Whether the group is notified now, and why, or until when it waits.

    `may_repeat`: something in it fires that nothing holds back.
    """
    held = [wait.until for _, wait in assessed.held]
    flush = _find_flush(entry, assessed, times)
    if flush is not None and (now >= flush.at or entry.sending is not None):
        return FlushGroup(_explain_flush(entry, assessed, times))
    if any(change.kind is ChangeKind.IN_HAND for change in assessed.changes):
        return FlushGroup(Reason.ACKNOWLEDGED)
    if flush is not None:
        return AwaitGroup(min(flush.at, *held, flush.at), flush.reason, is_timer=True)
    repeat_at = times.find_repeat(entry.sent_at) if may_repeat else None
    if repeat_at is not None and now >= repeat_at:
        return FlushGroup(Reason.REPEAT)
    return AwaitGroup(min([*held, *([repeat_at] if repeat_at else [])], default=None))


def _explain_flush(entry: Entry, assessed: Assessment, times: GroupTimes) -> Reason:
    if times.grouping.digest is not None:
        return Reason.DIGEST
    return needs_update(entry, assessed.changes) or Reason.EVIDENCE_ONLY


def _find_flush(entry: Entry, assessed: Assessment, times: GroupTimes) -> Flush | None:
    """When the changes are notified; None: there are none to notify of."""
    changes = [change for change in assessed.changes if change.kind is not ChangeKind.IN_HAND]
    if not changes or (times.grouping.digest is None and needs_update(entry, changes) is None):
        return None
    urgent = [change.member.queued_at for change in changes if change.is_urgent]
    pending = min(change.member.queued_at for change in changes)
    flushes = [times.find_flush(pending, is_urgent=False)]
    if urgent:
        flushes.append(times.find_flush(min(urgent), is_urgent=True))
    return min(flushes, key=lambda flush: flush.at)


def keep_acts(assessed: Assessment) -> Assessment:
    """Only who has alerts in hand; what else is new waits for its time."""
    shown = tuple(change for change in assessed.changes if change.kind is ChangeKind.IN_HAND)
    return Assessment(changes=shown)
