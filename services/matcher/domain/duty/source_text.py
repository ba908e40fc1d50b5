"""The texts of the alerts about a source that is silent, and of their ends."""

from datetime import timedelta

from services.matcher.domain.alerts.explain import format_time
from services.matcher.domain.duty.alert import DutyText
from services.matcher.domain.duty.watched_sources import WatchedSource
from services.matcher.domain.windows.durations import format_duration

_MOST_INDICATORS = 5


def describe_silence(source: WatchedSource, last_report: int, clock: int) -> DutyText:
    """A source whose last report is too old at `clock`."""
    every = format_duration(source.every)
    return DutyText(
        f"{source.name} is silent: a report is expected every {every}, "
        f"none for {format_length(clock - last_report)}",
        f"The pack expects a report every {every}; the last came at {format_time(last_report)}.",
        _suggest_action(source),
    )


def describe_report(source: WatchedSource, last_report: int, at: int) -> DutyText:
    """A source that was silent since `last_report` and reported at `at`."""
    return DutyText(
        f"{source.name} reports again after {format_length(at - last_report)}",
        f"A report came at {format_time(at)}, the one before at {format_time(last_report)}.",
    )


def describe_new_rhythm(source: WatchedSource, last_report: int) -> DutyText:
    """A source of which less is expected than when it fell silent."""
    every = format_duration(source.every)
    return DutyText(
        f"{source.name} is no longer overdue",
        f"The pack now expects a report every {every}; "
        f"the last came at {format_time(last_report)}.",
    )


def describe_end_of_watch(name: str, last_report: int) -> DutyText:
    """A source that no pack names any more."""
    return DutyText(
        f"{name} is no longer watched",
        f"No pack expects reports of it; the last came at {format_time(last_report)}.",
    )


def _suggest_action(source: WatchedSource) -> str:
    indicators = ", ".join(source.feeds[:_MOST_INDICATORS])
    more = ", and more" if len(source.feeds) > _MOST_INDICATORS else ""
    shown = f"; it shows {indicators}{more}" if indicators else ""
    return f"Check whether {source.name} is still collected{shown}."


def format_length(us: int) -> str:
    """A length of time as people say it: `40 seconds`, `20 minutes`, `5 hours`."""
    length = timedelta(microseconds=us)
    for unit in (timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)):
        if length >= 2 * unit:
            return format_duration(round(length / unit) * unit)
    return format_duration(length)
