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


@dataclass(frozen=True, slots=True)
class GroupTimes:
    """The times of one group: `since` its first alert came, and whether it `is_sent`."""

    grouping: Grouping
    since: datetime
    is_sent: bool

    def find_flush(self, pending: datetime, *, is_urgent: bool) -> Flush:
        """When a change is notified that came at `pending`.

        All but urgent ones come at the end of group_wait, and whole intervals after it.
        """
        grouping = self.grouping
        if grouping.digest is not None:
            return Flush(grouping.digest.find_next(self.since), Reason.DIGEST_WAITS)
        reason = Reason.GROUP_INTERVAL if self.is_sent else Reason.GROUP_WAIT
        holds = grouping.holds_changes if self.is_sent else grouping.holds_first
        if is_urgent and not holds:
            return Flush(pending, reason)
        return Flush(self._find_next(pending), reason)

    def find_repeat(self, sent_at: datetime | None) -> datetime | None:
        """When the group is notified again without a change; None: never."""
        if self.grouping.repeat is None or sent_at is None or self.grouping.digest is not None:
            return None
        return self._find_next(sent_at + self.grouping.repeat)

    def _find_next(self, moment: datetime) -> datetime:
        first = self.since + self.grouping.wait
        if moment < first or (moment == first and not self.is_sent):
            return first
        return find_tick(first, self.grouping.interval, moment)
