"""What to do with one revision of an alert at one receiver, and why. Read this first."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from schemas.alert import Alert, Level
from schemas.ledger import Entry, Sending
from services.notifier.domain.entry import has_ended, may_be_open, notified_content

EVIDENCE_INTERVAL = timedelta(seconds=10)


class BackfillPolicy(StrEnum):
    """Whether a receiver takes alerts that are all in the past (`backfill`)."""

    TOO = "too"
    LEFT_OUT = "left out"
    ALONE = "alone"


@dataclass(frozen=True, slots=True)
class ReceiverTraits:
    """What a receiver is like.

    `least`: the lowest level it takes. `pages`: it wakes people, so it gets no drills, backfills
    or mere evidence, and is opened before it is closed. `replays`: it takes alerts on the recorded
    clock, `recorded`: this is such a run. `idempotent`: a repeated send changes nothing.
    """

    name: str
    least: Level = Level.INFORMATIONAL
    pages: bool = False
    replays: bool = True
    idempotent: bool = False
    recorded: bool = False
    history: BackfillPolicy = BackfillPolicy.TOO


class Reason(StrEnum):
    """Why a decision was made; written to the ledger."""

    FIRST = "first notification"
    NEWER = "newer revision"
    CLOSES = "ends what was opened"
    CLOSES_ASSUMED = "the log was lost: ends what may have been opened"
    FOUND = "found after an unknown outcome"
    NOT_FOUND = "not found after an unknown outcome"
    UNREADABLE = "possible repeat: the outcome is unknown and cannot be looked up"
    HARMLESS = "unknown outcome, a repeat is harmless"
    OLDER = "a later revision was dealt with"
    SAME = "this revision was dealt with"
    EVIDENCE_ONLY = "only more evidence"
    TOO_SOON = "only more evidence, too soon after the last message"
    MAY_STILL_LAND = "the receiver may still be processing an earlier request"
    IN_DOUBT = "unknown outcome"
    LOW_LEVEL = "below the receiver's level"
    EXERCISE = "a drill pages nobody"
    BACKFILL = "a backfill pages nobody"
    DIGESTED = "history goes to the digest"
    LIVE = "the digest takes history alone"
    RECORDED_CLOCK = "the receiver takes no replays"
    LOST = "the message is gone"
    LOG_LOST = "the log was lost, and the ledger does not say whether this was sent"
    NOT_ROUTED = "no route leads to this receiver"
    TOO_OLD = "older than the route's max_age"
    MUTED = "the route is muted by a time interval"
    ENDED_MUTED = "it ended while the route was muted"


@dataclass(frozen=True, slots=True)
class RouteAdmission:
    """Whether routes let an alert through to a receiver now.

    `refusal`: why they never do. `muted_until`: until when they do not.
    """

    refusal: Reason | None = None
    muted_until: datetime | None = None


ADMITTED = RouteAdmission()


@dataclass(frozen=True, slots=True)
class Skip:
    """Send nothing; the log stays as it is."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class PassOver:
    """Send nothing; the log notes the revision, so that no older one is sent."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Defer:
    """Decide again at `until`."""

    reason: Reason
    until: datetime


@dataclass(frozen=True, slots=True)
class LookUp:
    """The outcome of `sending` is unknown: search the receiver for the alert's id."""

    reason: Reason
    sending: Sending


@dataclass(frozen=True, slots=True)
class Adopt:
    """The receiver has our message: log its handle and revision."""

    reason: Reason
    found_message: "FoundMessage"


@dataclass(frozen=True, slots=True)
class SendFirst:
    """Send a new message, marked if it may repeat an earlier one."""

    reason: Reason
    possible_repeat: bool = False


@dataclass(frozen=True, slots=True)
class Edit:
    """Update the existing message to this revision."""

    reason: Reason


Decision = Skip | PassOver | Defer | LookUp | Adopt | SendFirst | Edit


@dataclass(frozen=True, slots=True)
class FoundMessage:
    """A message about the alert that the receiver holds."""

    revision: int
    handle: str


def decide(
    entry: Entry,
    alert: Alert,
    traits: ReceiverTraits,
    now: datetime,
    admission: RouteAdmission = ADMITTED,
) -> Decision:
    """What to do with `alert` at the receiver, given its log entry and what routes say."""
    decision = _decide_revision(entry, alert, traits, now, admission)
    if isinstance(decision, Edit) and traits.idempotent:
        return _await_opposite_request(entry, alert, now) or decision
    return decision


def is_dealt_with(entry: Entry, alert: Alert, traits: ReceiverTraits) -> bool:
    """Whether this revision needs nothing more: a newer or the same one was dealt with.

    A pager that was opened for an ended alert still has to be closed.
    """
    if alert.revision == entry.revision:
        return not (traits.pages and may_be_open(entry) and has_ended(alert))
    return alert.revision < entry.revision


def _decide_revision(
    entry: Entry, alert: Alert, traits: ReceiverTraits, now: datetime, admission: RouteAdmission
) -> Decision:
    if is_dealt_with(entry, alert, traits):
        return Skip(Reason.SAME if alert.revision == entry.revision else Reason.OLDER)
    if alert.revision == entry.revision:
        return Edit(Reason.CLOSES)
    suppressed = _find_suppression(alert, traits) or admission.refusal
    if suppressed is not None and not may_be_open(entry):
        return PassOver(suppressed)
    muted = _hold_while_muted(entry, alert, admission.muted_until)
    if muted is not None:
        return muted
    if entry.status is None:
        return _decide_first(entry.sending, alert, traits)
    return _decide_update(entry, alert, traits, now)


def _await_opposite_request(entry: Entry, alert: Alert, now: datetime) -> Decision | None:
    # an unanswered trigger that takes effect after the resolve would reopen the incident
    opposite = [
        request.settles_at
        for request in (entry.sending, entry.unanswered)
        if request and request.ended != has_ended(alert) and now < request.settles_at
    ]
    return Defer(Reason.MAY_STILL_LAND, max(opposite)) if opposite else None


def _find_suppression(alert: Alert, traits: ReceiverTraits) -> Reason | None:
    if traits.recorded and not traits.replays:
        return Reason.RECORDED_CLOCK
    if traits.pages and alert.exercise:
        return Reason.EXERCISE
    if traits.pages and alert.backfill:
        return Reason.BACKFILL
    if traits.history is (BackfillPolicy.LEFT_OUT if alert.backfill else BackfillPolicy.ALONE):
        return Reason.DIGESTED if alert.backfill else Reason.LIVE
    return Reason.LOW_LEVEL if alert.level.rank < traits.least.rank else None


def _hold_while_muted(entry: Entry, alert: Alert, until: datetime | None) -> Decision | None:
    if until is None:
        return None
    if not has_ended(alert):
        return Defer(Reason.MUTED, until)
    # the end of what people see wakes nobody; of what they never saw it is no news
    is_unseen = entry.status is None and entry.sending is None
    return PassOver(Reason.ENDED_MUTED) if is_unseen else None


def _decide_first(sending: Sending | None, alert: Alert, traits: ReceiverTraits) -> Decision:
    if sending is None:
        return SendFirst(Reason.FIRST)
    if not traits.idempotent:
        return LookUp(Reason.IN_DOUBT, sending)
    if sending.assumed and has_ended(alert):
        # opening it again would page somebody for an ended alert
        return Edit(Reason.CLOSES_ASSUMED)
    return SendFirst(Reason.HARMLESS)


def _decide_update(entry: Entry, alert: Alert, traits: ReceiverTraits, now: datetime) -> Decision:
    if entry.sending is not None or entry.notified_content != notified_content(alert):
        return Edit(Reason.NEWER)
    if traits.pages:
        return PassOver(Reason.EVIDENCE_ONLY)
    if entry.sent_at is not None and now < entry.sent_at + EVIDENCE_INTERVAL:
        return Defer(Reason.TOO_SOON, entry.sent_at + EVIDENCE_INTERVAL)
    return Edit(Reason.NEWER)


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
