"""Durations as people say them: `7 days`, `90 minutes`."""

from datetime import timedelta

from services.counts import format_count

_UNITS = (
    ("day", timedelta(days=1)),
    ("hour", timedelta(hours=1)),
    ("minute", timedelta(minutes=1)),
)


def format_duration(length: timedelta) -> str:
    """A length of whole seconds in its largest whole unit: `7 days`, `90 minutes`."""
    for unit, size in _UNITS:
        if length >= size and not length % size:
            return format_count(length // size, unit)
    return format_count(length // timedelta(seconds=1), "second")


def round_duration(length: timedelta) -> str:
    """A length in its largest unit, rounded down: `1 day` for 36 hours."""
    for unit, size in _UNITS:
        if length >= size:
            return format_count(length // size, unit)
    return "less than a minute"
