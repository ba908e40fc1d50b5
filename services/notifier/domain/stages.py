"""The stages of a decision, in Alertmanager's order: the first that answers decides."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from schemas.alert import Alert, Status
from schemas.ledger import Entry, Sending
from services.notifier.domain.decisions import (
    ADMITTED,
    Decision,
    Defer,
    Edit,
    LookUp,
    PassOver,
    Reason,
    RouteAdmission,
    SendFirst,
    Skip,
)
from services.notifier.domain.entry import (
    has_ended,
    is_dealt_with,
    may_be_open,
    notified_content,
)
from services.notifier.domain.grouping.group import is_urgent_alert
from services.notifier.domain.grouping.timing import find_flush, find_repeat
from services.notifier.domain.routing.inhibition import InhibitedBy
from services.notifier.domain.routing.receiver_names import PAGERS
from services.notifier.domain.traits import BackfillPolicy, ReceiverTraits
from services.notifier.domain.watch.acts import NO_ACTS, PeopleActs

EVIDENCE_INTERVAL = timedelta(seconds=10)
RECHECK = timedelta(minutes=1)
"""What is inhibited is decided on again after it at the latest."""


@dataclass(frozen=True, slots=True)
class DecisionContext:
    """A revision of an alert at a receiver, the log's entry about it, and what holds at `now`.

    `admission`: what the routes say. `queued_at`: since when it waits, None: since now.
    `inhibited_by`: what inhibits it. `acts`: what people did about it.
    """

    entry: Entry
    alert: Alert
    traits: ReceiverTraits
    now: datetime
    admission: RouteAdmission = ADMITTED
    queued_at: datetime | None = None
    inhibited_by: InhibitedBy | None = None
    acts: PeopleActs = NO_ACTS

    @property
    def is_unseen(self) -> bool:
        """Whether nobody has seen the alert there, nor may have."""
        return self.entry.status is None and self.entry.sending is None

    @property
    def is_change(self) -> bool:
        """Whether people would see more than new evidence."""
        return self.entry.notified_content != notified_content(self.alert)

    @property
    def is_urgent(self) -> bool:
        """Whether it is a `critical` that nobody has seen as one."""
        return is_urgent_alert(self.alert, self.entry)

    @property
    def is_shown(self) -> bool:
        """Whether people see it fire, as it is now."""
        return self.entry.status is Status.FIRING and self.entry.revision == self.alert.revision

    @property
    def is_repeatable(self) -> bool:
        """Whether it fires, is shown as it is, and its route repeats such alerts."""
        repeats = bool(self.admission.grouping.repeat)
        return self.is_shown and not has_ended(self.alert) and repeats

    @property
    def is_in_hand(self) -> bool:
        """Whether it fires, is shown as it is, and somebody has it in hand."""
        return self.is_shown and self.acts.acknowledgement is not None


Stage = Callable[[DecisionContext], Decision | None]


def show_acknowledgement(context: DecisionContext) -> Decision | None:
    """Who has it in hand, where people see it; a revision is no news, so it goes first.

    A pager that would wake somebody again waits for what holds alerts back.
    """
    entry, in_hand = context.entry, context.acts.in_hand
    is_shown = entry.status is Status.FIRING and entry.revision <= context.alert.revision
    if not is_shown or has_ended(context.alert) or entry.in_hand == in_hand:
        return None
    if in_hand is not None:
        return Edit(Reason.ACKNOWLEDGED)
    if _was_returned_there(context):
        return Edit(Reason.RETURNED)
    holds = (hold_inhibited, hold_silenced, hold_muted) if context.traits.pages else ()
    answers = (stage(context) for stage in holds)
    held = next((answer for answer in answers if answer is not None), None)
    return held or Edit(Reason.NOT_ACKNOWLEDGED)


def _was_returned_there(context: DecisionContext) -> bool:
    """Whether a pager let it go, which then is the one that need not wake anybody again."""
    by, traits = context.acts.returned_by, context.traits
    return by in PAGERS.values() and (not traits.pages or by == PAGERS.get(traits.name))


def skip_dealt_with(context: DecisionContext) -> Decision | None:
    """Nothing twice, but the end of what was opened for it, and what is to be repeated."""
    entry, alert = context.entry, context.alert
    if context.is_repeatable or context.is_in_hand:
        return None
    if is_dealt_with(entry, alert, context.traits):
        return Skip(Reason.SAME if alert.revision == entry.revision else Reason.OLDER)
    return Edit(Reason.CLOSES) if alert.revision == entry.revision else None


def pass_over_refused(context: DecisionContext) -> Decision | None:
    """What the receiver or its routes never take, unless people there see the alert."""
    takes_suspected = context.admission.takes_suspected
    refusal = find_refusal(context.alert, context.traits, takes_suspected=takes_suspected)
    refusal = refusal or context.admission.refusal
    if refusal is None or may_be_open(context.entry):
        return None
    return PassOver(refusal)


def hold_inhibited(context: DecisionContext) -> Decision | None:
    """What another alert inhibits that fires."""
    by = context.inhibited_by
    if by is None:
        return None
    until = context.now + min(context.admission.grouping.interval or RECHECK, RECHECK)
    wait = Defer(Reason.INHIBITED, until, f"{by.alert} by {by.place}")
    return hold(context, wait, Reason.ENDED_INHIBITED)


def hold_silenced(context: DecisionContext) -> Decision | None:
    """What a silence hides; what ended unseen is shown when the silence ends, and pages nobody."""
    silenced = context.acts.silence
    if silenced is None:
        return None
    wait = Defer(Reason.SILENCED, silenced.until, str(silenced))
    if context.is_unseen and not context.traits.pages:
        return wait
    return hold(context, wait, Reason.ENDED_SILENCED)


def hold_muted(context: DecisionContext) -> Decision | None:
    """What is outside the hours of its route."""
    until = context.admission.muted_until
    return None if until is None else hold(context, Defer(Reason.MUTED, until), Reason.ENDED_MUTED)


def await_escalation(context: DecisionContext) -> Decision | None:
    """What no route leads to here, before its time without an acknowledgement is over."""
    after = context.admission.escalates_after
    if after is None:
        return None
    at = (context.acts.raised_at or context.queued_at or context.now) + after
    if context.now >= at:
        return None
    return hold(context, Defer(Reason.NOT_ESCALATED_YET, at), Reason.ENDED_UNESCALATED)


def keep_quiet(context: DecisionContext) -> Decision | None:
    """What somebody has in hand is neither repeated nor paged; channels show its changes.

    It waits for the end of the acknowledgement, to show that it is in nobody's hands then.
    """
    known, admission = context.acts.acknowledgement, context.admission
    if known is None:
        return None
    if context.is_in_hand:
        return Defer(Reason.NOT_REPEATED_IN_HAND, known.ends_at)
    wakes = context.traits.pages or admission.escalates_after is not None
    if not wakes:
        return None
    if context.is_unseen:
        return hold(context, Defer(Reason.IN_HAND, known.ends_at), Reason.ENDED_IN_HAND)
    return None if context.entry.sending is not None else PassOver(Reason.IN_HAND)


def await_group(context: DecisionContext) -> Decision | None:
    """What waits for group_wait or group_interval; evidence alone and retries do not."""
    entry = context.entry
    if entry.sending is not None or not context.is_change:
        return None
    since = context.queued_at or context.now
    grouping = context.admission.grouping
    flush = find_flush(grouping, entry.opened_at, since, is_urgent=context.is_urgent)
    if context.now >= flush.at:
        return None
    wait = Defer(flush.reason, flush.at)
    return hold(context, wait, Reason.ENDED_WAITING) if entry.status is None else wait


def repeat(context: DecisionContext) -> Decision | None:
    """What still fires and was not changed for repeat_interval."""
    if not context.is_repeatable:
        return None
    entry = context.entry
    at = find_repeat(context.admission.grouping, entry.opened_at, entry.sent_at)
    if at is None:
        return Skip(Reason.SAME)
    return Edit(Reason.REPEAT) if context.now >= at else Defer(Reason.NOT_REPEATED, at)


def send_first(context: DecisionContext) -> Decision | None:
    """What nobody has seen, or may have."""
    entry = context.entry
    return _decide_first(entry.sending, context) if entry.status is None else None


def update(context: DecisionContext) -> Decision:
    """What people see, and what changed since; evidence alone not at once."""
    entry, now = context.entry, context.now
    if entry.sending is not None or context.is_change:
        return Edit(Reason.NEWER)
    if context.traits.pages or not context.traits.edits:
        return PassOver(Reason.EVIDENCE_ONLY)
    if entry.sent_at is not None and now < entry.sent_at + EVIDENCE_INTERVAL:
        return Defer(Reason.TOO_SOON, entry.sent_at + EVIDENCE_INTERVAL)
    return Edit(Reason.NEWER)


STAGES: Mapping[str, Stage] = {
    "acknowledgement": show_acknowledgement,
    "dealt with": skip_dealt_with,
    "refused": pass_over_refused,
    "inhibition": hold_inhibited,
    "silence": hold_silenced,
    "mute time": hold_muted,
    "escalation": await_escalation,
    "in hand": keep_quiet,
    "group": await_group,
    "repeat": repeat,
    "first notification": send_first,
    "update": update,
}
"""By name, in their order; the last one always answers."""
TIMERS = "group"
"""The stage before which nothing depends on the group that an alert is in."""


def list_filters() -> list[Stage]:
    """The stages that hold an alert of a group back, or let it through, one by one."""
    names = list(STAGES)
    first = names.index("dealt with") + 1
    return [STAGES[name] for name in names[first : names.index(TIMERS)]]


def hold(context: DecisionContext, wait: Defer, ended: Reason) -> Decision | None:
    """What a stage answers that holds alerts back for a time: `wait`, while the alert fires.

    The end of what people see wakes nobody and is shown; of what nobody saw it is no news, and is
    passed over as `ended`.
    """
    if not has_ended(context.alert):
        return wait
    return PassOver(ended) if context.is_unseen else None


def find_refusal(alert: Alert, traits: ReceiverTraits, *, takes_suspected: bool) -> Reason | None:
    """Why a receiver never takes such an alert, whatever routes say; None: it takes it.

    `takes_suspected`: a route asks for alerts that are only suspected.
    """
    if traits.recorded and not traits.replays:
        return Reason.RECORDED_CLOCK
    if traits.pages and alert.exercise:
        return Reason.EXERCISE
    if traits.pages and alert.backfill:
        return Reason.BACKFILL
    if traits.pages and alert.suspected and not takes_suspected:
        return Reason.SUSPECTED
    if traits.history is (BackfillPolicy.LEFT_OUT if alert.backfill else BackfillPolicy.ALONE):
        return Reason.DIGESTED if alert.backfill else Reason.LIVE
    return None if traits.takes(alert.level) else Reason.LOW_LEVEL


def _decide_first(sending: Sending | None, context: DecisionContext) -> Decision:
    if sending is None:
        is_escalated = context.admission.escalates_after is not None
        return SendFirst(Reason.ESCALATED if is_escalated else Reason.FIRST)
    if not context.traits.idempotent:
        return LookUp(Reason.IN_DOUBT, sending)
    if sending.assumed and has_ended(context.alert):
        # opening it again would page somebody for an ended alert
        return Edit(Reason.CLOSES_ASSUMED)
    return SendFirst(Reason.HARMLESS)
