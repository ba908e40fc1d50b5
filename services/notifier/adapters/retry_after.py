"""The header `Retry-After`, however a server writes it."""

import math
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST = timedelta(days=1)


def read_retry_after(given: str | None, now: datetime) -> timedelta | None:
    """The wait that is asked for, by seconds or by a date; None where nothing readable is.

    At most a day, at least nothing; fractions are rounded up.
    """
    if given is None:
        return None
    seconds = _read_seconds(given)
    if seconds is None:
        seconds = _read_date(given, now)
    if seconds is None:
        return None
    return timedelta(seconds=min(max(0, math.ceil(seconds)), int(LONGEST.total_seconds())))


def _read_seconds(given: str) -> float | None:
    try:
        seconds = float(given)
    except ValueError:
        return None
    return None if math.isnan(seconds) else min(seconds, LONGEST.total_seconds())


def _read_date(given: str, now: datetime) -> float | None:
    try:
        date = parsedate_to_datetime(given)
    except ValueError:
        return None
    date = date.replace(tzinfo=UTC) if date.tzinfo is None else date
    return (date - now).total_seconds()
