"""Which receivers an alert goes to."""

from collections.abc import Iterable, Mapping, Sequence

from schemas.alert import Alert
from schemas.duty import is_duty, is_watchdog
from services.notifier.domain.ports import Job

CHANNEL = "slack"
DUTY_CHANNEL = "slack-duty"


def receivers_of(alert: Alert, names: Sequence[str]) -> tuple[str, ...]:
    """Of the receivers `names` those that hear of `alert`: none of the watchdog's.

    Where those on duty have a channel of their own, what is about Vedette itself goes there
    instead of the channel of the watch.
    """
    if is_watchdog(alert):
        return ()
    if DUTY_CHANNEL not in names:
        return tuple(names)
    other = CHANNEL if is_duty(alert) else DUTY_CHANNEL
    return tuple(name for name in names if name != other)


def routed(jobs: Iterable[Job], names: Sequence[str]) -> Mapping[tuple[str, ...], list[Job]]:
    """The jobs, in their order, by the receivers that hear of them."""
    found: dict[tuple[str, ...], list[Job]] = {}
    for job in jobs:
        found.setdefault(receivers_of(job.alert, names), []).append(job)
    return found
