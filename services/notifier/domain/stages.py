"""The stages of a decision, in Alertmanager's order: the first that answers decides."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from schemas.alert import Alert
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
from services.notifier.domain.traits import BackfillPolicy, ReceiverTraits

EVIDENCE_INTERVAL = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class DecisionContext:
    """A revision of an alert at a receiver, the log's entry about it, and what holds at `now`.

    `admission`: what the routes say.
    """

    entry: Entry
    alert: Alert
    traits: ReceiverTraits
    now: datetime
    admission: RouteAdmission = ADMITTED

    @property
    def is_unseen(self) -> bool:
        """Whether nobody has seen the alert there, nor may have."""
        return self.entry.status is None and self.entry.sending is None


Stage = Callable[[DecisionContext], Decision | None]


def skip_dealt_with(context: DecisionContext) -> Decision | None:
    """Nothing twice, but the end of what was opened for it."""
    entry, alert = context.entry, context.alert
    if is_dealt_with(entry, alert, context.traits):
        return Skip(Reason.SAME if alert.revision == entry.revision else Reason.OLDER)
    return Edit(Reason.CLOSES) if alert.revision == entry.revision else None


def pass_over_refused(context: DecisionContext) -> Decision | None:
    """What the receiver or its routes never take, unless people there see the alert."""
    refusal = _find_refusal(context.alert, context.traits) or context.admission.refusal
    if refusal is None or may_be_open(context.entry):
        return None
    return PassOver(refusal)


def hold_muted(context: DecisionContext) -> Decision | None:
    """What is outside the hours of its route."""
    until = context.admission.muted_until
    return None if until is None else hold(context, Defer(Reason.MUTED, until), Reason.ENDED_MUTED)


def send_first(context: DecisionContext) -> Decision | None:
    """What nobody has seen, or may have."""
    entry = context.entry
    return _decide_first(entry.sending, context) if entry.status is None else None


def update(context: DecisionContext) -> Decision:
    """What people see, and what changed since; evidence alone not at once."""
    entry, alert, now = context.entry, context.alert, context.now
    if entry.sending is not None or entry.notified_content != notified_content(alert):
        return Edit(Reason.NEWER)
    if context.traits.pages:
        return PassOver(Reason.EVIDENCE_ONLY)
    if entry.sent_at is not None and now < entry.sent_at + EVIDENCE_INTERVAL:
        return Defer(Reason.TOO_SOON, entry.sent_at + EVIDENCE_INTERVAL)
    return Edit(Reason.NEWER)


STAGES: Mapping[str, Stage] = {
    "dealt with": skip_dealt_with,
    "refused": pass_over_refused,
    "mute time": hold_muted,
    "first notification": send_first,
    "update": update,
}
"""By name, in their order; the last one always answers."""


def hold(context: DecisionContext, wait: Defer, ended: Reason) -> Decision | None:
    """What a stage answers that holds alerts back for a time: `wait`, while the alert fires.

    The end of what people see wakes nobody and is shown; of what nobody saw it is no news, and is
    passed over as `ended`.
    """
    if not has_ended(context.alert):
        return wait
    return PassOver(ended) if context.is_unseen else None


def _find_refusal(alert: Alert, traits: ReceiverTraits) -> Reason | None:
    if traits.recorded and not traits.replays:
        return Reason.RECORDED_CLOCK
    if traits.pages and alert.exercise:
        return Reason.EXERCISE
    if traits.pages and alert.backfill:
        return Reason.BACKFILL
    if traits.history is (BackfillPolicy.LEFT_OUT if alert.backfill else BackfillPolicy.ALONE):
        return Reason.DIGESTED if alert.backfill else Reason.LIVE
    return Reason.LOW_LEVEL if alert.level.rank < traits.least.rank else None


def _decide_first(sending: Sending | None, context: DecisionContext) -> Decision:
    if sending is None:
        return SendFirst(Reason.FIRST)
    if not context.traits.idempotent:
        return LookUp(Reason.IN_DOUBT, sending)
    if sending.assumed and has_ended(context.alert):
        # opening it again would page somebody for an ended alert
        return Edit(Reason.CLOSES_ASSUMED)
    return SendFirst(Reason.HARMLESS)
