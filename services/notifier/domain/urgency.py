"""What goes first: jobs of one receiver, ordered by what it costs to be late."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from schemas.alert import Alert, Level
from schemas.ledger import Entry
from services.notifier.domain.entry import notified_content
from services.notifier.domain.news import is_raised


class Priority(IntEnum):
    """The order of jobs, the most urgent first; among equals the one that was queued first."""

    CRITICAL = 0
    HIGH = 1
    CHANGE = 2
    OTHER = 3
    EVIDENCE = 4


class Lane(StrEnum):
    """The kind of request that a job needs; receivers limit each kind apart."""

    POST = "post"
    EDIT = "edit"


ALL_LANES = tuple(Lane)


@dataclass(frozen=True, slots=True)
class Urgency:
    """Where a job is queued."""

    priority: Priority
    lane: Lane


NEXT_REVISION = Urgency(Priority.CHANGE, Lane.EDIT)
"""Of a revision that was queued while an older one was sent: it may be a level change."""


def judge_urgency(entry: Entry, alert: Alert) -> Urgency:
    """How urgent `alert` is at a receiver whose log has `entry`.

    Alerts of `critical` and then `high` that are new, or news, come first, then other changes and
    ends, then other new alerts, then revisions that only add evidence.
    """
    lane = Lane.POST if entry.handle is None else Lane.EDIT
    if entry.status is None:
        return Urgency(_rank_new(alert.level), lane)
    if entry.notified_content == notified_content(alert):
        return Urgency(Priority.EVIDENCE, lane)
    rank = _rank_new(alert.level) if is_raised(entry, alert) else Priority.CHANGE
    return Urgency(min(rank, Priority.CHANGE), lane)


def _rank_new(level: Level) -> Priority:
    first = {Level.CRITICAL: Priority.CRITICAL, Level.HIGH: Priority.HIGH}
    return first.get(level, Priority.OTHER)
