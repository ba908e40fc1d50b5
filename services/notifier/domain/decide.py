"""What to do with one revision of an alert at one receiver, and why. Read this first."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from schemas.alert import Alert, Level
from schemas.ledger import Entry, Sending
from services.notifier.domain.entry import has_ended, may_be_open, notified_content

EVIDENCE_PACE = timedelta(seconds=10)


class BackfillPolicy(StrEnum):
    """Whether a receiver takes alerts of the past alone (`backfill`)."""

    TOO = "too"
    LEFT_OUT = "left out"
    ALONE = "alone"


@dataclass(frozen=True, slots=True)
class ReceiverTraits:
    """What a receiver is like.

    `least` is the lowest level it takes. One that `pages` wakes people: it takes no drill and no
    backfill, hears of an alert as firing before it hears of its end, and not of more evidence.
    `replays` lets it take alerts on the recorded clock. `idempotent`: sending again is harmless.
    """

    name: str
    least: Level = Level.INFORMATIONAL
    pages: bool = False
    replays: bool = True
    idempotent: bool = False
    recorded: bool = False
    history: BackfillPolicy = BackfillPolicy.TOO


class Reason(StrEnum):
    """Why a decision fell; it goes into the ledger."""

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
    MAY_STILL_LAND = "the receiver may still be at work on it"
    IN_DOUBT = "unknown outcome"
    LOW_LEVEL = "below the receiver's level"
    EXERCISE = "a drill pages nobody"
    BACKFILL = "a backfill pages nobody"
    DIGESTED = "history goes to the digest"
    LIVE = "the digest takes history alone"
    RECORDED_CLOCK = "the receiver takes no replays"
    LOST = "the message is gone"
    LOG_LOST = "the log was lost, and the ledger does not say whether this was sent"


@dataclass(frozen=True, slots=True)
class Skip:
    """Nothing to do, nothing to remember."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class PassOver:
    """Nothing to send, but older revisions are out from now on."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Defer:
    """Decide again at `until`."""

    reason: Reason
    until: datetime


@dataclass(frozen=True, slots=True)
class LookUp:
    """An earlier send is in doubt: look for the alert's id first."""

    reason: Reason
    sending: Sending


@dataclass(frozen=True, slots=True)
class Adopt:
    """A message of ours stands there: take its handle and revision into the log."""

    reason: Reason
    found_message: "FoundMessage"


@dataclass(frozen=True, slots=True)
class SendFirst:
    """Send a new message, marked where it may repeat one."""

    reason: Reason
    possible_repeat: bool = False


@dataclass(frozen=True, slots=True)
class Edit:
    """Bring the message that stands there up to this revision."""

    reason: Reason


Decision = Skip | PassOver | Defer | LookUp | Adopt | SendFirst | Edit


@dataclass(frozen=True, slots=True)
class FoundMessage:
    """A message about the alert as it was found at the receiver."""

    revision: int
    handle: str


def decide(entry: Entry | None, alert: Alert, traits: ReceiverTraits, now: datetime) -> Decision:
    """What to do with `alert` at the receiver, given what the log says of it."""
    known = entry or Entry()
    if alert.revision < known.revision:
        return Skip(Reason.OLDER)
    decision = _route(known, alert, traits, now)
    if isinstance(decision, Edit) and traits.idempotent:
        return _after_strays(known, alert, now) or decision
    return decision


def _route(known: Entry, alert: Alert, traits: ReceiverTraits, now: datetime) -> Decision:
    if alert.revision == known.revision:
        return _again(known, alert, traits)
    unrouted = _unrouted(alert, traits)
    if unrouted is not None and not may_be_open(known):
        return PassOver(unrouted)
    if known.status is None:
        return _first(known.sending, alert, traits)
    return _update(known, alert, traits, now)


def _after_strays(known: Entry, alert: Alert, now: datetime) -> Decision | None:
    # an unanswered trigger that lands after the resolve would open the incident again
    opposed = [
        one.settles_at
        for one in (known.sending, known.unanswered)
        if one is not None and one.ended != has_ended(alert) and now < one.settles_at
    ]
    return Defer(Reason.MAY_STILL_LAND, max(opposed)) if opposed else None


def _again(known: Entry, alert: Alert, traits: ReceiverTraits) -> Decision:
    if traits.pages and may_be_open(known) and has_ended(alert):
        return Edit(Reason.CLOSES)
    return Skip(Reason.SAME)


def _unrouted(alert: Alert, traits: ReceiverTraits) -> Reason | None:
    if traits.recorded and not traits.replays:
        return Reason.RECORDED_CLOCK
    if traits.pages and alert.exercise:
        return Reason.EXERCISE
    if traits.pages and alert.backfill:
        return Reason.BACKFILL
    if traits.history is (BackfillPolicy.LEFT_OUT if alert.backfill else BackfillPolicy.ALONE):
        return Reason.DIGESTED if alert.backfill else Reason.LIVE
    return Reason.LOW_LEVEL if alert.level.rank < traits.least.rank else None


def _first(sending: Sending | None, alert: Alert, traits: ReceiverTraits) -> Decision:
    if sending is None:
        return SendFirst(Reason.FIRST)
    if not traits.idempotent:
        return LookUp(Reason.IN_DOUBT, sending)
    if sending.assumed and has_ended(alert):
        # to open it again would wake somebody for what is over
        return Edit(Reason.CLOSES_ASSUMED)
    return SendFirst(Reason.HARMLESS)


def _update(known: Entry, alert: Alert, traits: ReceiverTraits, now: datetime) -> Decision:
    if known.sending is not None or known.notified_content != notified_content(alert):
        return Edit(Reason.NEWER)
    if traits.pages:
        return PassOver(Reason.EVIDENCE_ONLY)
    if known.sent_at is not None and now < known.sent_at + EVIDENCE_PACE:
        return Defer(Reason.TOO_SOON, known.sent_at + EVIDENCE_PACE)
    return Edit(Reason.NEWER)


def decide_after_lookup(
    found_message: FoundMessage | None, sending: Sending, now: datetime
) -> Decision:
    """What to do after the receiver let us look: absence counts only once it has settled."""
    if found_message is not None:
        return Adopt(Reason.FOUND, found_message)
    if now < sending.settles_at:
        return Defer(Reason.MAY_STILL_LAND, sending.settles_at)
    return SendFirst(Reason.NOT_FOUND)


def decide_without_lookup() -> Decision:
    """What to do when the receiver does not let us look."""
    return SendFirst(Reason.UNREADABLE, possible_repeat=True)


def decide_after_loss(entry: Entry, alert: Alert) -> Decision:
    """What to do when the message to edit is gone: mere evidence is not worth a new one."""
    if entry.notified_content == notified_content(alert):
        return PassOver(Reason.LOST)
    return SendFirst(Reason.LOST)
