"""Which receivers an alert goes to."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from schemas.alert import Alert
from schemas.duty import is_duty, is_watchdog
from services.notifier.domain.ports import Job

CHANNEL = "slack"
DUTY_CHANNEL = "slack-duty"
DIGEST_CHANNEL = "slack-digest"


def select_receivers(alert: Alert, names: Sequence[str]) -> tuple[str, ...]:
    """Of the receivers `names` those that hear of `alert`: none of the watchdog's.

    Where those on duty have a channel of their own, what is about Vedette itself goes there
    instead of the channel of the watch. The digest hears of what is, or may have been, history.
    """
    if is_watchdog(alert):
        return ()
    left_out = set(_left_out(alert, names))
    return tuple(name for name in names if name not in left_out)


def _left_out(alert: Alert, names: Sequence[str]) -> Iterator[str]:
    if DUTY_CHANNEL in names:
        yield CHANNEL if is_duty(alert) else DUTY_CHANNEL
    if is_duty(alert) or (alert.revision == 1 and not alert.backfill):
        yield DIGEST_CHANNEL


def group_by_receivers(
    jobs: Iterable[Job], names: Sequence[str]
) -> Mapping[tuple[str, ...], list[Job]]:
    """The jobs, in their order, by the receivers that hear of them."""
    found: dict[tuple[str, ...], list[Job]] = {}
    for job in jobs:
        found.setdefault(select_receivers(job.alert, names), []).append(job)
    return found
