"""When a route is muted: time intervals, with the meaning that Alertmanager gives them."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import takewhile

DAY_MINUTES = 24 * 60
LOOKED_AHEAD = timedelta(days=400)
"""An end of a mute that lies further ahead is not looked for."""


@dataclass(frozen=True, slots=True)
class Range:
    """From `first` to `last`, both included."""

    first: int
    last: int

    def holds(self, number: int) -> bool:
        """Whether the number lies in it."""
        return self.first <= number <= self.last


@dataclass(frozen=True, slots=True)
class DayRange(Range):
    """Days of a month; negative ones count from its end, -1 is the last."""

    def holds_day(self, day: int, days_in_month: int) -> bool:
        """Whether the day of such a month lies in it."""
        first, last = (
            days_in_month + 1 + bound if bound < 0 else bound for bound in (self.first, self.last)
        )
        return first <= day <= last


@dataclass(frozen=True, slots=True)
class TimeInterval:
    """Times that meet every given condition; of a condition one range is enough.

    `times` are in minutes of the day, each without its last one, `weekdays` from Sunday as 0;
    all in the time zone `location`.
    """

    times: tuple[Range, ...] = ()
    weekdays: tuple[Range, ...] = ()
    days_of_month: tuple[DayRange, ...] = ()
    months: tuple[Range, ...] = ()
    years: tuple[Range, ...] = ()
    location: tzinfo = UTC

    def contains(self, moment: datetime) -> bool:
        """Whether the moment lies in it."""
        local = moment.astimezone(self.location)
        return (
            _any_holds(self.times, local.hour * 60 + local.minute)
            and self._contains_day(local)
            and _any_holds(self.weekdays, local.isoweekday() % 7)
            and _any_holds(self.months, local.month)
            and _any_holds(self.years, local.year)
        )

    def _contains_day(self, local: datetime) -> bool:
        _, days_in_month = monthrange(local.year, local.month)
        return not self.days_of_month or any(
            days.holds_day(local.day, days_in_month) for days in self.days_of_month
        )

    def list_edges(self, day: date) -> Iterator[datetime]:
        """The moments of a day in `location` at which it may begin or end."""
        minutes = {0} | {edge for span in self.times for edge in (span.first, span.last + 1)}
        for minute in minutes:
            yield _find_moment(day, minute, self.location)


def _any_holds(ranges: tuple[Range, ...], number: int) -> bool:
    return not ranges or any(each.holds(number) for each in ranges)


def _find_moment(day: date, minute: int, location: tzinfo) -> datetime:
    days, rest = divmod(minute, DAY_MINUTES)
    at = time(rest // 60, rest % 60, tzinfo=location)
    return datetime.combine(day + timedelta(days=days), at).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class MuteSchedule:
    """Muted within any interval of `mute`; with `active`, also outside all of these."""

    mute: tuple[TimeInterval, ...] = ()
    active: tuple[TimeInterval, ...] = ()
    has_active: bool = False

    def is_muted(self, moment: datetime) -> bool:
        """Whether nothing is sent at that moment."""
        if any(interval.contains(moment) for interval in self.mute):
            return True
        return self.has_active and not any(each.contains(moment) for each in self.active)

    def find_end(self, moment: datetime, within: timedelta = LOOKED_AHEAD) -> datetime | None:
        """When the mute of this moment ends, `within` after it at the latest.

        None where nothing is muted. Costs what is looked at: a day of edges for each day ahead.
        """
        if not self.is_muted(moment):
            return None
        latest = moment + within
        edges = takewhile(lambda edge: edge < latest, self._list_edges(moment, within))
        return next((edge for edge in edges if not self.is_muted(edge)), latest)

    def _list_edges(self, moment: datetime, within: timedelta) -> Iterator[datetime]:
        for number in range(-1, within // timedelta(days=1) + 3):
            day = moment.date() + timedelta(days=number)
            edges = {edge for each in (*self.mute, *self.active) for edge in each.list_edges(day)}
            yield from sorted(edge for edge in edges if edge > moment)


ALWAYS = MuteSchedule()
