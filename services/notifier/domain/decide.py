"""What to do with one revision of an alert at one receiver, and why. Read this first."""

from datetime import datetime

from schemas.alert import Alert
from schemas.ledger import Entry, Sending
from services.notifier.domain.decisions import (
    Adopt,
    Decision,
    Defer,
    Edit,
    FoundMessage,
    PassOver,
    Reason,
    SendFirst,
)
from services.notifier.domain.entry import has_ended, notified_content
from services.notifier.domain.stages import STAGES, DecisionContext


def decide(context: DecisionContext) -> Decision:
    """What to do with the alert at the receiver: the answer of the first stage that has one."""
    answers = (stage(context) for stage in STAGES.values())
    decision = next(answer for answer in answers if answer is not None)
    if isinstance(decision, Edit) and context.traits.idempotent:
        return _await_opposite_request(context) or decision
    return decision


def _await_opposite_request(context: DecisionContext) -> Decision | None:
    # an unanswered trigger that takes effect after the resolve would reopen the incident
    entry, ended = context.entry, has_ended(context.alert)
    opposite = [
        request.settles_at
        for request in (entry.sending, entry.unanswered)
        if request and request.ended != ended and context.now < request.settles_at
    ]
    return Defer(Reason.MAY_STILL_LAND, max(opposite)) if opposite else None


def decide_after_lookup(found: FoundMessage | None, sending: Sending, now: datetime) -> Decision:
    """What to do after a lookup; until the send has settled, an absence proves nothing."""
    if found is not None:
        return Adopt(Reason.FOUND, found)
    if now < sending.settles_at:
        return Defer(Reason.MAY_STILL_LAND, sending.settles_at)
    return SendFirst(Reason.NOT_FOUND)


def decide_without_lookup() -> Decision:
    """What to do when the receiver refuses the lookup."""
    return SendFirst(Reason.UNREADABLE, possible_repeat=True)


def decide_after_loss(entry: Entry, alert: Alert) -> Decision:
    """What to do when the message to edit no longer exists; evidence alone sends no new one."""
    if entry.notified_content == notified_content(alert):
        return PassOver(Reason.LOST)
    return SendFirst(Reason.LOST)
