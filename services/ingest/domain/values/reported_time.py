"""A time as a report has it: a moment, or an interval where less is known."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class ReportedTime:
    """From `start` to `end`, both in UTC; `end` None: a moment."""

    start: datetime
    end: datetime | None = None


def make_moment(moment: datetime) -> ReportedTime:
    """A moment.

    Raises:
        ValueError: it is outside the years 1 to 9999.
    """
    return ReportedTime(_to_utc(moment))


def make_days(first: date, after: date, zone: tzinfo) -> ReportedTime:
    """The days from `first` up to, and without, `after`; the last second is the end.

    Raises:
        ValueError: they are outside the years 1 to 9999.
    """
    start, stop = (_to_utc(datetime(d.year, d.month, d.day, tzinfo=zone)) for d in (first, after))
    return ReportedTime(start, stop - _SECOND)


def make_day(day: date, zone: tzinfo) -> ReportedTime:
    """One day."""
    return make_days(day, add_days(day, 1), zone)


def add_days(day: date, days: int) -> date:
    """The day so many days later.

    Raises:
        ValueError: it is outside the years 1 to 9999.
    """
    try:
        return day + timedelta(days=days)
    except OverflowError:
        raise ValueError("outside the years 1 to 9999") from None


def _to_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("outside the years 1 to 9999") from None
