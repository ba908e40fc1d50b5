"""What may be decided about one revision of an alert at one receiver, each with its reason."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from schemas.ledger import Sending
from services.notifier.domain.routing.grouping import AT_ONCE, Grouping


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
    SUSPECTED = "only suspected: it pages nobody until words or a person confirm it"
    DIGESTED = "history goes to the digest"
    LIVE = "the digest takes history alone"
    RECORDED_CLOCK = "the receiver takes no replays"
    LOST = "the message is gone"
    LOG_LOST = "the log was lost, and the ledger does not say whether this was sent"
    NOT_ROUTED = "no route leads to this receiver"
    TOO_OLD = "older than the route's max_age"
    MUTED = "the route is muted by a time interval"
    ENDED_MUTED = "it ended while the route was muted"
    INHIBITED = "inhibited while another alert fires"
    ENDED_INHIBITED = "it ended while it was inhibited"
    GROUP_WAIT = "group_wait: others may join its group"
    GROUP_INTERVAL = "group_interval: its group changed a short while ago"
    ENDED_WAITING = "it ended within group_wait"
    REPEAT = "repeat_interval: it still fires"
    NEW_IN_GROUP = "new in its group"
    CHANGED_IN_GROUP = "changed in its group"
    ENDED_IN_GROUP = "ended in its group"
    DIGEST = "in a digest"
    DIGEST_WAITS = "it waits for the digest"
    NOT_REPEATED = "it is repeated later, if it still fires"
    SILENCED = "hidden by a silence"
    ENDED_SILENCED = "it ended while a silence hid it"
    ACKNOWLEDGED = "acknowledged"
    NOT_ACKNOWLEDGED = "in nobody's hands any more"
    RETURNED = "the pager let it go"
    IN_HAND = "somebody has it in hand"
    NOT_REPEATED_IN_HAND = "it is not repeated while somebody has it in hand"
    ENDED_IN_HAND = "it ended while somebody had it in hand"
    NOT_ESCALATED_YET = "it escalates later, if nobody acknowledges it"
    ENDED_UNESCALATED = "it ended before it escalated"
    ESCALATED = "escalated: nobody has acknowledged it"


@dataclass(frozen=True, slots=True)
class FoundMessage:
    """A message about the alert that the receiver holds."""

    revision: int
    handle: str


@dataclass(frozen=True, slots=True)
class RouteAdmission:
    """Whether routes let an alert through to a receiver now.

    `refusal`: why they never do. `muted_until`: until when they do not. `grouping`: how the route
    that lets it through groups alerts. `escalates_after`: no route leads there, but it escalates to
    the receiver after so long without an acknowledgement. `takes_suspected`: a route asks for
    alerts that are only suspected.
    """

    refusal: Reason | None = None
    muted_until: datetime | None = None
    grouping: Grouping = field(default=AT_ONCE, compare=False)
    escalates_after: timedelta | None = None
    takes_suspected: bool = False

    @property
    def is_open(self) -> bool:
        """Whether they let it through."""
        return self.refusal is None and self.muted_until is None


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
    """Decide again at `until`; `detail` says more of the reason: what inhibits the alert."""

    reason: Reason
    until: datetime
    detail: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.reason}: {self.detail}" if self.detail else str(self.reason)


@dataclass(frozen=True, slots=True)
class LookUp:
    """The outcome of `sending` is unknown: search the receiver for the alert's id."""

    reason: Reason
    sending: Sending


@dataclass(frozen=True, slots=True)
class Adopt:
    """The receiver has our message: log its handle and revision."""

    reason: Reason
    found_message: FoundMessage


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
