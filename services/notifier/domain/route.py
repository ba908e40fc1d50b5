"""Which receivers an alert goes to."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from schemas.alert import Alert
from schemas.duty import is_duty, is_watchdog
from services.notifier.domain.ports import Job

CHANNEL = "slack"
DUTY_CHANNEL = "slack-duty"
DIGEST_CHANNEL = "slack-digest"


def select_receivers(alert: Alert, names: Sequence[str]) -> tuple[str, ...]:
    """The receivers among `names` that `alert` goes to.

    A watchdog goes to none, nor does an alert of a storm, since the storm has its own alert.
    With a duty channel, alerts about Vedette itself go there and not to the watch's channel. The
    digest gets alerts that are, or may have been, backfills.
    """
    if is_watchdog(alert) or alert.storm:
        return ()
    excluded = set(_exclude(alert, names))
    return tuple(name for name in names if name not in excluded)


def _exclude(alert: Alert, names: Sequence[str]) -> Iterator[str]:
    if DUTY_CHANNEL in names:
        yield CHANNEL if is_duty(alert) else DUTY_CHANNEL
    if is_duty(alert) or (alert.revision == 1 and not alert.backfill):
        yield DIGEST_CHANNEL


def group_by_receivers(
    jobs: Iterable[Job], names: Sequence[str]
) -> Mapping[tuple[str, ...], list[Job]]:
    """The jobs, in their order, by the receivers that they go to."""
    groups: dict[tuple[str, ...], list[Job]] = {}
    for job in jobs:
        groups.setdefault(select_receivers(job.alert, names), []).append(job)
    return groups
