"""How the alerts of a rule differ between two versions: gained, lost, moved, raised."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from schemas.alert import Alert, Status

Group = tuple[tuple[str, str], ...]


class AlertDifferenceKind(StrEnum):
    """What became of an alert; of several, the first of these."""

    GAINED = "gained"
    LOST = "lost"
    LEVEL = "level"
    MOVED = "moved"
    COUNT = "count"


@dataclass(frozen=True)
class ComparedAlert:
    """The same situation told by two versions of a rule, or by one of them alone.

    `before` and `after` are never both None.
    """

    before: Alert | None
    after: Alert | None

    @property
    def shown(self) -> Alert:
        """The alert as it is after, or was before."""
        alert = self.after or self.before
        if alert is None:
            raise AssertionError("one side has an alert")
        return alert

    @cached_property
    def kind(self) -> AlertDifferenceKind | None:
        """What differs to whoever gets the alert; ids, hashes and wording are no difference."""
        if self.before is None:
            return AlertDifferenceKind.GAINED
        if self.after is None:
            return AlertDifferenceKind.LOST
        return _compare(self.before, self.after)


def pair_alerts(before: Iterable[Alert], after: Iterable[Alert]) -> Iterator[ComparedAlert]:
    """Pair the alerts of one rule by their group, then by the evidence that they share.

    What was withdrawn in the end is none. Of a group, alerts that share nothing pair in no case:
    they tell of two situations.
    """
    old, new = _group_alerts(before), _group_alerts(after)
    for group in sorted(old.keys() | new.keys()):
        yield from _pair_group(old.get(group, []), new.get(group, []))


def _group_alerts(alerts: Iterable[Alert]) -> dict[Group, list[Alert]]:
    groups: dict[Group, list[Alert]] = {}
    for alert in alerts:
        if alert.status is not Status.WITHDRAWN:
            group = (*sorted(alert.group.items()), ("exercise", str(alert.exercise)))
            groups.setdefault(group, []).append(alert)
    return groups


def _pair_group(before: Sequence[Alert], after: Sequence[Alert]) -> Iterator[ComparedAlert]:
    """Each of `after`, in order of time, with the one of `before` that it shares most with."""
    open_alerts = sorted(before, key=lambda alert: alert.starts_at)
    for alert in sorted(after, key=lambda each: each.starts_at):
        closest = max(open_alerts, key=lambda each: _count_shared(each, alert), default=None)
        if closest is None or not _count_shared(closest, alert):
            yield ComparedAlert(None, alert)
        else:
            open_alerts.remove(closest)
            yield ComparedAlert(closest, alert)
    yield from (ComparedAlert(alert, None) for alert in open_alerts)


def _count_shared(one: Alert, other: Alert) -> int:
    """How much evidence they share; where the newest 20 differ, the time that they overlap."""
    shared = len(_evidence_of(one) & _evidence_of(other))
    return shared or int(
        one.starts_at <= (other.last_fired_at or other.starts_at)
        and other.starts_at <= (one.last_fired_at or one.starts_at)
    )


def _evidence_of(alert: Alert) -> frozenset[tuple[str, str]]:
    return frozenset((piece.source, piece.event_id) for piece in alert.evidence)


def _compare(before: Alert, after: Alert) -> AlertDifferenceKind | None:
    if (before.level, before.uncorroborated) != (after.level, after.uncorroborated):
        return AlertDifferenceKind.LEVEL
    if (before.starts_at, before.last_fired_at) != (after.starts_at, after.last_fired_at):
        return AlertDifferenceKind.MOVED
    if (before.evidence_count, before.value) != (after.evidence_count, after.value):
        return AlertDifferenceKind.COUNT
    return None
