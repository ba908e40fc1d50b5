"""The Solar Hijri calendar of Iran → the Gregorian one."""

from datetime import date, timedelta

FIRST_YEAR, LAST_YEAR = 1200, 1500
_EPOCH_YEAR, _EPOCH = 1200, date(1821, 3, 21)
_CYCLE = 33
_LEAPS = frozenset({1, 5, 9, 13, 17, 22, 26, 30})
_LONG_MONTHS = 6


def to_gregorian(year: int, month: int, day: int) -> date:
    """The Gregorian day.

    Raises:
        ValueError: there is no such day, or the year is not one of 1200 to 1500.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR or not 1 <= day <= count_days(year, month):
        raise ValueError("no day of the Solar Hijri calendar")
    years = range(_EPOCH_YEAR, year)
    days = 365 * len(years) + sum(map(is_leap, years)) + 31 * (month - 1)
    return _EPOCH + timedelta(days=days - max(0, month - 1 - _LONG_MONTHS) + day - 1)


def count_days(year: int, month: int) -> int:
    """How many days the month has."""
    if month <= _LONG_MONTHS:
        return 31
    return 30 if month < 12 or is_leap(year) else 29  # noqa: PLR2004  (the last month)


def is_leap(year: int) -> bool:
    """Whether the year has 366 days, in the cycle of 33 years that holds for 1206 to 1498."""
    return year % _CYCLE in _LEAPS
