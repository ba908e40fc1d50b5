"""One step of a claimed group: assess its alerts, notify or wait, log."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from schemas.alert import Alert, Level, Status
from schemas.ledger import Act, Entry
from services.notifier.adapters.delivery import Delivery
from services.notifier.adapters.group_assessor import GroupAssessor, GroupStep
from services.notifier.adapters.job_step import (
    DecideAgain,
    Deferred,
    Finished,
    JobStep,
    describe,
)
from services.notifier.adapters.metrics import NOTIFICATIONS, POSSIBLE_REPEATS, observe_first
from services.notifier.adapters.showing import reply_once, show_notice
from services.notifier.domain import entry as log_entry
from services.notifier.domain.codec import LoggedAct, encode_ledger_line
from services.notifier.domain.decisions import (
    Adopt,
    Decision,
    Defer,
    LookUp,
    Reason,
    SendFirst,
)
from services.notifier.domain.errors import HandleLost
from services.notifier.domain.grouping.group import (
    ChangeKind,
    GroupNotice,
    MemberChange,
)
from services.notifier.domain.grouping.plan import (
    AwaitGroup,
    FlushGroup,
    keep_acts,
    plan_group,
)
from services.notifier.domain.grouping.summary import choose_shown, summarize_group
from services.notifier.domain.placement import DIGESTED
from services.notifier.domain.ports import Claim, MemberUpdate, Notice, OutboxRecord, Settlement
from services.notifier.domain.retry import is_worth_a_line
from services.notifier.domain.watch.acts import NO_ACTS
from services.telemetry import logger

log = logger(__name__)

ACTS = {
    ChangeKind.NEW: Act.NOTIFIED,
    ChangeKind.CHANGED: Act.EDITED,
    ChangeKind.EVIDENCE: Act.EDITED,
    ChangeKind.ENDED: Act.RESOLVED,
    ChangeKind.ENDED_UNSEEN: Act.RESOLVED,
    ChangeKind.IN_HAND: Act.EDITED,
}
SHOWN_ONLY = (Reason.EVIDENCE_ONLY, Reason.ACKNOWLEDGED)
"""What the message shows, and no thread tells."""


@dataclass(frozen=True, slots=True)
class GroupDelivery:
    """The steps of one receiver's groups; their messages are sent as those of alerts are."""

    delivery: Delivery

    def step(self, claim: Claim, entry: Entry) -> JobStep:
        """Make one decision about the group and carry it out; raises as Delivery's."""
        assessor = GroupAssessor(self.delivery)
        step = assessor.assess(claim, entry)
        may_repeat = not step.assessed.changes and assessor.is_any_open(step)
        match plan_group(entry, step.assessed, step.times, step.now, may_repeat=may_repeat):
            case AwaitGroup() as wait:
                return self._await(step, wait)
            case FlushGroup(reason):
                return self._flush(step, reason)

    def _await(self, step: GroupStep, wait: AwaitGroup) -> JobStep:
        updates, lines = self._set_aside(step)
        attempts = step.claim.attempts + 1 if wait.reason else 0
        if wait.reason and is_worth_a_line(attempts):
            logged = LoggedAct(Act.DEFERRED, wait.reason)
            lines.append(self._line(step.group.latest, logged, step.now))
        settlement = Settlement(
            members=updates,
            until=min([*([wait.until] if wait.until else []), *step.list_waits()], default=None),
            is_timer=wait.is_timer,
            is_idle=wait.reason is None and not step.assessed.held,
            attempts=attempts,
        )
        self.delivery.notifications.settle(step.claim, settlement, step.now, lines)
        return Deferred()

    def _set_aside(self, step: GroupStep) -> tuple[list[MemberUpdate], list[OutboxRecord]]:
        """Log what is held back, and let go what needs nothing more."""
        updates, lines = [], []
        for member, wait in step.assessed.held:
            if member.entry.held_for != wait.reason:
                held = log_entry.hold_back(member.entry, wait.reason)
                updates.append(MemberUpdate(member.alert, held))
                logged = LoggedAct(Act.DEFERRED, str(wait), held)
                lines.append(self._line(member.alert, logged, step.now))
        for member, reason in step.assessed.passed:
            passed = log_entry.pass_over(member.entry, member.alert)
            updates.append(MemberUpdate(member.alert, passed, leaves=True))
            lines.append(
                self._line(member.alert, LoggedAct(Act.HELD_BACK, reason, passed), step.now)
            )
        updates += [MemberUpdate(member.alert, leaves=True) for member in step.assessed.over]
        return updates, lines

    def _flush(self, step: GroupStep, reason: Reason) -> JobStep:
        if reason is Reason.ACKNOWLEDGED:
            kept = keep_acts(step.assessed)
            step = replace(step, assessed=kept, left_out=step.assessed.changes)
        revision = step.entry.revision + 1
        firing = tuple(map(step.show_in_hand, step.firing))
        changes = step.assessed.changes
        notice = GroupNotice(step.group.id, revision, firing, changes, reason)
        job = replace(step.claim.job, alert=summarize_group(step.group, notice))
        step = replace(step, claim=replace(step.claim, job=job))
        if step.entry.status is not None:
            return self._edit(step, notice)
        decision: Decision = SendFirst(reason)
        if step.entry.sending is not None and not self.delivery.traits.idempotent:
            lookup = LookUp(Reason.IN_DOUBT, step.entry.sending)
            decision = self.delivery.look_up(step.claim, lookup)
        return self._begin(step, notice, decision)

    def _begin(self, step: GroupStep, notice: GroupNotice, decision: Decision) -> JobStep:
        match decision:
            case SendFirst(possible_repeat=repeat):
                return self._send(step, notice, is_repeat=repeat)
            case Adopt(found_message=message):
                after = log_entry.adopt_message(step.entry, message.revision, message.handle)
                logged = LoggedAct(Act.NOTIFIED, Reason.FOUND, after)
                line = self._line(step.claim.alert, logged, step.now)
                self.delivery.notifications.write(step.claim, after, step.now, [line])
                return DecideAgain(after)
            case Defer(until=until):
                later = Settlement(until=until, attempts=step.claim.attempts + 1)
                self.delivery.notifications.settle(step.claim, later, step.now, [])
                return Deferred()
            case _:
                raise AssertionError(f"a lookup was answered with {decision}")

    def _send(self, step: GroupStep, notice: GroupNotice, *, is_repeat: bool) -> JobStep:
        delivery, claim, entry = self.delivery, step.claim, step.entry
        repeat = is_repeat or entry.possible_repeat
        delivery.write_ahead(claim, entry)
        handle = show_notice(delivery.receiver.send, self._notice(step, notice, repeat=repeat))
        after = log_entry.record_sent(entry, claim.alert, handle, delivery.clock(), repeat=repeat)
        if is_repeat:
            POSSIBLE_REPEATS.labels(delivery.traits.name).inc()
        return self._record(step, notice, after, Act.NOTIFIED)

    def _edit(self, step: GroupStep, notice: GroupNotice) -> JobStep:
        delivery, claim, entry = self.delivery, step.claim, step.entry
        shown = self._notice(step, notice, repeat=entry.possible_repeat)
        delivery.write_ahead(claim, entry)
        try:
            handle = show_notice(partial(delivery.receiver.edit, entry.handle or ""), shown)
            self._reply(entry, handle, shown)
        except HandleLost:
            log.warning("the message is gone", **describe(claim))
            after = log_entry.drop_message(entry)
            line = self._line(claim.alert, LoggedAct(Act.LOST, Reason.LOST, after), step.now)
            delivery.notifications.write(claim, after, step.now, [line])
            return DecideAgain(after)
        after = log_entry.record_sent(entry, claim.alert, handle, delivery.clock())
        return self._record(step, notice, after, Act.EDITED)

    def _reply(self, entry: Entry, handle: str, notice: Notice) -> None:
        """Tell the changes in the thread, once; evidence alone is not told."""
        group = notice.group
        is_told = group is not None and group.reason not in SHOWN_ONLY
        if is_told and entry.notified_content is not None:
            reply_once(self.delivery.receiver, entry, handle, notice)

    def _notice(self, step: GroupStep, notice: GroupNotice, *, repeat: bool) -> Notice:
        shown, before = choose_shown(step.group, notice, step.claim.alert)
        return Notice(shown, repeat, before=before, in_hand=before.in_hand, group=notice)

    def _record(self, step: GroupStep, notice: GroupNotice, after: Entry, act: Act) -> JobStep:
        delivery, now, claim = self.delivery, self.delivery.clock(), step.claim
        closed = log_entry.drop_message(after) if step.is_last else after
        updates, lines = self._set_aside(step)
        for change in notice.changes:
            update = self._show_member(step, change, after)
            updates.append(update)
            logged = LoggedAct(ACTS[change.kind], self._explain(step, notice, change), update.entry)
            lines.append(self._line(change.member.alert, logged, now))
        group_act = Act.RESOLVED if not step.firing else act
        lines.append(self._line(claim.alert, LoggedAct(group_act, notice.reason, closed), now))
        settlement = Settlement(
            entry=closed,
            members=updates,
            until=self._find_next(step, after),
            is_idle=not step.assessed.held and step.entry.sending is None,
            since=now if step.is_last else None,
        )
        delivery.notifications.settle(claim, settlement, now, lines)
        self._measure(step, act)
        return Finished()

    def _show_member(self, step: GroupStep, change: MemberChange, after: Entry) -> MemberUpdate:
        member, handle = change.member, after.handle or ""
        acts = step.acts.get(member.alert.id, NO_ACTS)
        before = log_entry.show_in_hand(member.entry, acts.in_hand)
        if change.kind is ChangeKind.IN_HAND:
            return MemberUpdate(member.alert, before)
        shown = log_entry.record_sent(before, member.alert, handle, step.now)
        is_digest = step.times.grouping.digest is not None
        joined = log_entry.join_group(shown, DIGESTED if is_digest else step.group.id)
        leaves = is_digest or log_entry.has_ended(member.alert)
        return MemberUpdate(member.alert, joined, leaves=leaves)

    def _explain(self, step: GroupStep, notice: GroupNotice, change: MemberChange) -> str:
        if notice.reason is Reason.DIGEST:
            return Reason.DIGEST
        reasons = dict(self._list_reasons(step))
        return reasons[change.kind]

    @staticmethod
    def _list_reasons(step: GroupStep) -> Iterator[tuple[ChangeKind, Reason]]:
        is_first = step.entry.status is None
        yield ChangeKind.NEW, Reason.FIRST if is_first else Reason.NEW_IN_GROUP
        yield ChangeKind.CHANGED, Reason.CHANGED_IN_GROUP
        yield ChangeKind.ENDED, Reason.ENDED_IN_GROUP
        yield ChangeKind.ENDED_UNSEEN, Reason.ENDED_IN_GROUP
        yield ChangeKind.EVIDENCE, Reason.EVIDENCE_ONLY
        yield ChangeKind.IN_HAND, Reason.ACKNOWLEDGED

    def _find_next(self, step: GroupStep, after: Entry) -> datetime | None:
        if step.entry.sending is not None:
            return step.now  # what came while the outcome was unknown was left out
        if any(change.kind is not ChangeKind.IN_HAND for change in step.left_out):
            return step.now
        held = step.list_waits()
        times = replace(step.times, is_sent=True)
        repeat_at = None if step.is_last else times.find_repeat(after.sent_at)
        return min([*held, *([repeat_at] if repeat_at else [])], default=None)

    def _line(self, alert: Alert, logged: LoggedAct, now: datetime) -> OutboxRecord:
        return encode_ledger_line(alert, self.delivery.traits.name, logged, now)

    def _measure(self, step: GroupStep, act: Act) -> None:
        name, latest = self.delivery.traits.name, step.group.latest
        NOTIFICATIONS.labels(name, "sent" if act is Act.NOTIFIED else "edited").inc()
        log.info("group", act=act, alerts=len(step.assessed.changes), **describe(step.claim))
        is_new = any(
            change.kind is ChangeKind.NEW and change.member.alert.id == latest.id
            for change in step.assessed.changes
        )
        # others may have waited for their group on purpose
        if is_new and latest.status is Status.FIRING and latest.level is Level.CRITICAL:
            observe_first(name, latest, self.delivery.clock())
