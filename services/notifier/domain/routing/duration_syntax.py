"""Durations, as Prometheus and Alertmanager write them: `30s`, `1h30m`, `250ms`, `0`."""

import re
from datetime import timedelta

_UNITS = {
    "y": timedelta(days=365),
    "w": timedelta(weeks=1),
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
    "ms": timedelta(milliseconds=1),
}
_DURATION = re.compile("".join(rf"(?:([0-9]{{1,9}}){unit})?" for unit in _UNITS))
_LONGEST = timedelta(days=3650)


def parse_duration(written: str) -> timedelta:
    """A duration; its units go from the longest to the shortest.

    Raises:
        ValueError: it is none, or longer than ten years.
    """
    found = _DURATION.fullmatch(written)
    if not written or (found is None and written != "0"):
        raise ValueError(f"{written!r} is no duration: write one such as 30s, 5m or 1h30m")
    counts = found.groups(default="0") if found else ()
    seconds = sum(
        int(count) * unit.total_seconds()
        for count, unit in zip(counts, _UNITS.values(), strict=False)
    )
    if seconds > _LONGEST.total_seconds():
        raise ValueError(f"{written!r} is longer than ten years")
    return timedelta(seconds=seconds)


def format_duration(duration: timedelta) -> str:
    """As Alertmanager writes it: `1h30m`, `0s`."""
    left, written = duration, ""
    for unit, length in _UNITS.items():
        count, left = divmod(left, length)
        written += f"{count}{unit}" if count else ""
    return written or "0s"


def parse_interval(written: str) -> timedelta:
    """A duration that is not nothing.

    Raises:
        ValueError: it is none, or nothing.
    """
    duration = parse_duration(written)
    if not duration:
        raise ValueError("no time at all: write one such as 5m")
    return duration
