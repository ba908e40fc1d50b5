"""What is said of a source that is silent, and of one that speaks again."""

from datetime import timedelta

from services.matcher.domain.alerts.explain import minute, spoken
from services.matcher.domain.duty.alert import Words
from services.matcher.domain.duty.rhythm import Rhythm
from services.matcher.domain.duty.watched_sources import WatchedSource

_MOST_NAMED = 5


def silence(source: WatchedSource, rhythm: Rhythm, clock: int) -> Words:
    """Of a source whose last report is too long ago at `clock`."""
    none = f"none for {about(clock - rhythm.last)}"
    return Words(
        f"{source.name} is silent: {_usually(source, rhythm)}, {none}",
        f"{_expected(source, rhythm)}; the last came at {minute(rhythm.last)}.",
        _action(source),
    )


def speech(source: WatchedSource, since: int, at: int) -> Words:
    """Of one that reported at `at` after a silence `since` its last report."""
    return Words(
        f"{source.name} reports again after {about(at - since)}",
        f"A report came at {minute(at)}, the one before at {minute(since)}.",
    )


def end_of_watch(source: WatchedSource, since: int) -> Words:
    """Of one that is not watched any more."""
    return Words(
        f"{source.name} is not watched any more",
        f"Nothing is expected of it now; the last report came at {minute(since)}.",
    )


def _usually(source: WatchedSource, rhythm: Rhythm) -> str:
    if source.every is not None:
        return f"a report is expected every {spoken(source.every)}"
    return f"usually a report every {about(rhythm.usual or 0)}"


def _expected(source: WatchedSource, rhythm: Rhythm) -> str:
    if source.every is not None:
        return f"The pack expects a report every {spoken(source.every)}"
    longest = about(rhythm.longest or 0)
    return f"At this time of day its longest pause in the last weeks was {longest}"


def _action(source: WatchedSource) -> str:
    fed = ", ".join(source.feeds[:_MOST_NAMED])
    more = ", and more" if len(source.feeds) > _MOST_NAMED else ""
    shown = f"; it shows {fed}{more}" if fed else ""
    return f"Check whether {source.name} is still collected{shown}."


def about(us: int) -> str:
    """A length of time as people say it: `40 seconds`, `20 minutes`, `5 hours`."""
    length = timedelta(microseconds=us)
    for unit in (timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)):
        if length >= 2 * unit:
            return spoken(round(length / unit) * unit)
    return spoken(length)
