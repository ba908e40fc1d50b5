"""How the alerts of a rule differ between two versions: gained, lost, moved, raised."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from schemas.alert import Alert, Status

Group = tuple[tuple[str, str], ...]


class AlertDifferenceKind(StrEnum):
    """What became of an alert; of several, the first of these."""

    GAINED = "gained"
    LOST = "lost"
    LEVEL = "level"
    MOVED = "moved"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class AlertDifference:
    """An alert before and after; one of them is None where it is gained or lost."""

    kind: AlertDifferenceKind
    before: Alert | None = None
    after: Alert | None = None

    @property
    def shown(self) -> Alert:
        """The alert as it is after, or was before."""
        alert = self.after or self.before
        if alert is None:
            raise AssertionError("a change is of an alert")
        return alert


@dataclass(frozen=True, slots=True)
class AlertPair:
    """The same situation told by two versions of a rule, or by one of them alone."""

    before: Alert | None
    after: Alert | None

    def find_change(self) -> AlertDifference | None:
        """What differs to whoever gets the alert; ids, hashes and wording are no change."""
        match self:
            case AlertPair(None, after):
                return AlertDifference(AlertDifferenceKind.GAINED, after=after)
            case AlertPair(before, None):
                return AlertDifference(AlertDifferenceKind.LOST, before=before)
            case AlertPair(Alert() as before, Alert() as after):
                kind = _compare(before, after)
                return AlertDifference(kind, before, after) if kind else None
        return None


def pair_alerts(before: Iterable[Alert], after: Iterable[Alert]) -> Iterator[AlertPair]:
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


def _pair_group(before: Sequence[Alert], after: Sequence[Alert]) -> Iterator[AlertPair]:
    """Each of `after`, in order of time, with the one of `before` that it shares most with."""
    open_alerts = sorted(before, key=lambda alert: alert.starts_at)
    for alert in sorted(after, key=lambda each: each.starts_at):
        closest = max(open_alerts, key=lambda each: _count_shared(each, alert), default=None)
        if closest is None or not _count_shared(closest, alert):
            yield AlertPair(None, alert)
        else:
            open_alerts.remove(closest)
            yield AlertPair(closest, alert)
    yield from (AlertPair(alert, None) for alert in open_alerts)


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
