"""How time intervals are written: `17:00`, `monday:friday`, `-3:-1`, `2026:2027`."""

import re
from collections.abc import Sequence
from datetime import tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from services.notifier.domain.routing.schedule import DayRange, Range

WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00")
_NUMBER = re.compile(r"-?[0-9]{1,4}")
_LONGEST_MONTH = 31


def parse_clock(written: str) -> int:
    """The minute of the day of `00:00` to `24:00`."""
    if _CLOCK.fullmatch(written) is None:
        raise ValueError(f"{written!r} is no time of day: write 00:00 to 24:00")
    hours, minutes = written.split(":")
    return int(hours) * 60 + int(minutes)


def parse_weekdays(written: str) -> Range:
    """A weekday or a range of them; the week begins on Sunday."""
    first, last = (_find_name(part, WEEKDAYS) for part in _split(written))
    return _check_order(Range(first, last), f"{written!r} ends before it begins: Sunday is first")


def parse_months(written: str) -> Range:
    """A month or a range of them, by name or number."""
    first, last = (_read_month(part) for part in _split(written))
    return _check_order(Range(first, last), f"{written!r} ends before it begins: write two ranges")


def parse_years(written: str) -> Range:
    """A year or a range of them."""
    first, last = (_read_number(part) for part in _split(written))
    return _check_order(Range(first, last), f"{written!r} ends before it begins")


def parse_days(written: str) -> DayRange:
    """A day of the month or a range of them; -1 is the last day of each month."""
    first, last = (_read_number(part) for part in _split(written))
    if not all(1 <= abs(day) <= _LONGEST_MONTH for day in (first, last)):
        raise ValueError(f"{written!r} is no day of a month: write 1 to 31, or -31 to -1")
    if first < 0 < last:
        raise ValueError(f"{written!r} begins at the end of a month: write two ranges")
    days = DayRange(first, last)
    if (first < 0) is (last < 0):
        _check_order(days, f"{written!r} ends before it begins")
    return days


def parse_location(written: str) -> tzinfo:
    """A time zone of the IANA database, such as `Europe/Berlin`."""
    try:
        return ZoneInfo(written)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{written!r} is no time zone: write one such as Asia/Baghdad") from None


def _check_order(bounds: Range, message: str) -> Range:
    if bounds.last < bounds.first:
        raise ValueError(message)
    return bounds


def _split(written: str) -> tuple[str, str]:
    first, colon, last = written.strip().lower().partition(":")
    return first, last if colon else first


def _find_name(written: str, names: Sequence[str]) -> int:
    if written not in names:
        raise ValueError(f"{written!r} is none of {', '.join(names)}")
    return names.index(written)


def _read_month(written: str) -> int:
    if _NUMBER.fullmatch(written) and 1 <= int(written) <= len(MONTHS):
        return int(written)
    return _find_name(written, MONTHS) + 1


def _read_number(written: str) -> int:
    if _NUMBER.fullmatch(written) is None:
        raise ValueError(f"{written!r} is no number")
    return int(written)
