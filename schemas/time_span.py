"""Spans of time, as Sigma writes them."""

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

_TIME_SPAN = re.compile(r"([0-9]{1,12})(s|m|h|d|w|M|y)")
_UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "M": timedelta(days=30),
    "y": timedelta(days=365),
}

_MOST_YEARS = 100


def parse_time_span(text: Any) -> timedelta:
    """Sigma's time span (`15s 30m 12h 7d 1M`), a month as 30 days and a year as 365.

    Raises:
        ValueError: `text` is no such span, or longer than 100 years.
    """
    if isinstance(text, timedelta):
        return text
    parts = _TIME_SPAN.fullmatch(text) if isinstance(text, str) else None
    if parts is None:
        raise ValueError(f"{text!r} is no time span: write a number and one of s m h d w M y")
    count, unit = int(parts[1]), _UNITS[parts[2]]
    if count > _MOST_YEARS * _UNITS["y"] // unit:
        raise ValueError(f"{text!r} is longer than {_MOST_YEARS} years")
    return count * unit


TimeSpan = Annotated[timedelta, BeforeValidator(parse_time_span)]


def require_not_zero(length: timedelta) -> timedelta:
    """The same length.

    Raises:
        ValueError: it is no time at all.
    """
    if not length:
        raise ValueError("no time at all: write one such as 1h")
    return length


NonZeroSpan = Annotated[TimeSpan, AfterValidator(require_not_zero)]
"""A span of time that is not zero."""
