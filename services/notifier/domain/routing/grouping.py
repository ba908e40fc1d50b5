"""How a route groups alerts, and when it notifies of a group; with Alertmanager's meaning."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from services.notifier.domain.routing.duration_syntax import format_duration
from services.notifier.domain.routing.schedule import Range

EACH_ALERT = "..."
"""In `group_by`: each alert is a group of its own."""
_WEEK = 7


@dataclass(frozen=True, slots=True)
class DigestSchedule:
    """When a digest is sent: at `minute` of the day in `location`, on `weekdays` (Sunday is 0).

    Without weekdays on every day.
    """

    minute: int
    weekdays: tuple[Range, ...] = ()
    location: tzinfo = UTC

    def find_next(self, moment: datetime) -> datetime:
        """The first time of a digest after the moment."""
        first = moment.astimezone(self.location).date()
        days = (first + timedelta(days=number) for number in range(_WEEK + 2))
        times = (self._find_time(day) for day in days if self._is_on(day))
        return next(at for at in times if at > moment)

    def _is_on(self, day: date) -> bool:
        weekday = day.isoweekday() % _WEEK
        return not self.weekdays or any(each.holds(weekday) for each in self.weekdays)

    def _find_time(self, day: date) -> datetime:
        hour, minute = divmod(self.minute, 60)
        local = datetime.combine(day, time(hour, minute, tzinfo=self.location))
        return local.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Grouping:
    """Which alerts of a route are one group, and how long each notification waits.

    `labels`: alerts that have the same values of these are one group; None: each by itself.
    `wait` is before the first notification of a group, `interval` between those of its changes,
    `repeat` after which one without a change is repeated (None: never). A new `critical` waits
    only where the route says so itself: `holds_first`, `holds_changes`.
    """

    labels: tuple[str, ...] | None = None
    wait: timedelta = timedelta()
    interval: timedelta = timedelta()
    repeat: timedelta | None = None
    holds_first: bool = False
    holds_changes: bool = False
    digest: DigestSchedule | None = None

    def __str__(self) -> str:
        if self.digest is not None:
            return "in a digest"
        names = "each alert by itself" if self.labels is None else f"by {', '.join(self.labels)}"
        group = "all in one group" if self.labels == () else names
        wait = f"group_wait {format_duration(self.wait)}"
        interval = f"group_interval {format_duration(self.interval)}"
        repeat = f", repeat_interval {format_duration(self.repeat)}" if self.repeat else ""
        return f"{group}, {wait}, {interval}{repeat}"


AT_ONCE = Grouping()
"""Each alert by itself and at once: what holds without a file of routes."""

ALERTMANAGER_DEFAULTS = Grouping(
    labels=(), wait=timedelta(seconds=30), interval=timedelta(minutes=5), repeat=timedelta(hours=4)
)
"""What a file leaves out: all alerts of a route are one group."""
