"""The alerts of a claimed group, by what is to be done with them now."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from schemas.ledger import Entry
from services.notifier.adapters.delivery import (
    Delivery,
)
from services.notifier.domain import entry as log_entry
from services.notifier.domain.decisions import (
    Decision,
)
from services.notifier.domain.grouping.group import (
    AlertGroup,
    ChangeKind,
    GroupMember,
    MemberChange,
    find_change,
)
from services.notifier.domain.grouping.plan import (
    Assessment,
    assess_group,
    leave_out_evidence,
    list_asked,
    list_firing,
    pass_over_unseen,
)
from services.notifier.domain.grouping.timing import GroupTimes
from services.notifier.domain.ports import Claim
from services.notifier.domain.routing.grouping import Grouping
from services.notifier.domain.stages import list_filters
from services.notifier.domain.watch.acts import PeopleActs


@dataclass(frozen=True, slots=True)
class GroupStep:
    """What one step knows: the claim, the log's entry about the group, its alerts, its times."""

    claim: Claim
    entry: Entry
    group: AlertGroup
    assessed: Assessment
    times: GroupTimes
    now: datetime
    acts: dict[str, PeopleActs]
    left_out: tuple[MemberChange, ...] = ()

    def list_waits(self) -> list[datetime]:
        """When something that holds an alert back is over."""
        known = [acts.acknowledgement for acts in self.acts.values()]
        return [
            *(wait.until for _, wait in self.assessed.held),
            *(each.ends_at for each in known if each is not None and each.ends_at > self.now),
        ]

    def show_in_hand(self, member: GroupMember) -> GroupMember:
        """The member with whoever has it in hand now, as far as that was asked."""
        acts = self.acts.get(member.alert.id)
        if acts is None:
            return member
        return replace(member, entry=log_entry.show_in_hand(member.entry, acts.in_hand))

    @property
    def firing(self) -> tuple[GroupMember, ...]:
        """The firing alerts that the message shows."""
        return list_firing(self.group, self.assessed)

    @property
    def is_last(self) -> bool:
        """Whether the message is complete, so that the next alert begins another."""
        return self.times.grouping.digest is not None or not self.firing


@dataclass(frozen=True, slots=True)
class GroupAssessor:
    """Asks of each alert of a group whether something holds it back."""

    delivery: Delivery

    def assess(self, claim: Claim, entry: Entry) -> GroupStep:
        """The alerts of the group by what is to be done with them now."""
        group, now = claim.group, self.delivery.clock()
        if group is None:
            raise AssertionError("a single alert has no group")
        in_hand = self._read_acts([each for each in group.members if find_change(each)], now)
        assessed = assess_group(group, entry, partial(self._judge, acts=in_hand))
        grouping = self._find_grouping(group, assessed)
        if grouping.digest is None:
            assessed = pass_over_unseen(entry, assessed)
        else:
            assessed = leave_out_evidence(assessed)
        assessed = self._add_acts(group, assessed, in_hand)
        since = min(group.since, entry.opened_at or group.since)
        times = GroupTimes(grouping, since, is_sent=entry.status is not None)
        return GroupStep(claim, entry, group, assessed, times, now, in_hand)

    def _add_acts(
        self, group: AlertGroup, assessed: Assessment, acts: dict[str, PeopleActs]
    ) -> Assessment:
        """With the alerts that somebody took in hand since they were shown, or let go."""
        asked = list_asked(group, assessed)
        acts |= self._read_acts(asked, self.delivery.clock())
        changed = [
            MemberChange(member, ChangeKind.IN_HAND)
            for member in asked
            if acts[member.alert.id].in_hand != member.entry.in_hand
        ]
        return replace(assessed, changes=(*assessed.changes, *changed))

    def _read_acts(self, members: Sequence[GroupMember], now: datetime) -> dict[str, PeopleActs]:
        """What people did about all of them, in one round trip."""
        if not members:
            return {}
        asked = [(member.alert, member.queued_at) for member in members]
        ids = (member.alert.id for member in members)
        return dict(zip(ids, self.delivery.read_acts(asked, now), strict=True))

    def _judge(self, member: GroupMember, acts: dict[str, PeopleActs]) -> Decision | None:
        """What holds the alert back now: the first answer of a stage before the timers'.

        What people did about it is added to `acts`, if it is not there.
        """
        known = acts.get(member.alert.id)
        context = self.delivery.build_context(member.alert, member.entry, member.queued_at, known)
        acts[member.alert.id] = context.acts
        answers = (stage(context) for stage in list_filters())
        return next((answer for answer in answers if answer is not None), None)

    def _find_grouping(self, group: AlertGroup, assessed: Assessment) -> Grouping:
        changed = (change.member for change in assessed.changes)
        member = next(changed, None) or next(iter(group.members), None)
        if member is None:
            return Grouping()
        context = self.delivery.build_context(member.alert, member.entry, member.queued_at)
        return context.admission.grouping

    def is_any_open(self, step: GroupStep) -> bool:
        """Whether something fires that may be repeated, and that nothing holds back."""
        return step.times.grouping.repeat is not None and any(
            self._judge(member, step.acts) is None for member in step.firing
        )
