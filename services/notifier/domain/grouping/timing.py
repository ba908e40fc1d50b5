"""When a group is notified: after `group_wait`, then at whole `group_interval`s, and repeated."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.notifier.domain.decisions import Reason
from services.notifier.domain.routing.grouping import Grouping


@dataclass(frozen=True, slots=True)
class Flush:
    """When the next notification of a group is due, and what it waits for until then."""

    at: datetime
    reason: Reason


def find_flush(
    grouping: Grouping, opened_at: datetime | None, since: datetime, *, is_urgent: bool
) -> Flush:
    """When a change is notified that waits `since` then.

    `opened_at`: when the group was first notified, None while it was not. `is_urgent`: there is a
    new `critical` in it.
    """
    if opened_at is None:
        waits = grouping.holds_first or not is_urgent
        return Flush(since + (grouping.wait if waits else timedelta()), Reason.GROUP_WAIT)
    waits = grouping.holds_changes or not is_urgent
    at = find_tick(opened_at, grouping.interval, since) if waits else since
    return Flush(at, Reason.GROUP_INTERVAL)


def find_repeat(
    grouping: Grouping, opened_at: datetime | None, sent_at: datetime | None
) -> datetime | None:
    """When a group without a change is notified again; None: never."""
    if grouping.repeat is None or opened_at is None or sent_at is None:
        return None
    return find_tick(opened_at, grouping.interval, sent_at + grouping.repeat)


def find_tick(opened_at: datetime, interval: timedelta, moment: datetime) -> datetime:
    """The first whole interval after `opened_at` that is not before the moment."""
    if not interval:
        return max(moment, opened_at)
    passed = max(1, -((opened_at - moment) // interval))
    return opened_at + passed * interval
