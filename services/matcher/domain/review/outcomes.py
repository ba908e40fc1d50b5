"""Measures alerts by outcomes: which were warned of, how long before, and how many were right."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from schemas.alert import Alert, Status
from schemas.outcome import Outcome


@dataclass(frozen=True, slots=True)
class KnownAlert:
    """An alert that stood in the end, and when people had its first revision."""

    alert: Alert
    known_at: datetime


@dataclass(frozen=True, slots=True)
class Warned:
    """An outcome, and the alert that warned of it first; None where none did."""

    outcome: Outcome
    first: KnownAlert | None

    @property
    def lead(self) -> timedelta | None:
        """How long before it people had the alert."""
        return None if self.first is None else self.outcome.at - self.first.known_at


@dataclass(frozen=True, slots=True)
class RuleMeasure:
    """A rule: its alerts, those of them that warned of an outcome, and the outcomes it names."""

    rule: str
    alerts: int
    right: int
    outcomes: tuple[Warned, ...]

    @property
    def precision(self) -> float | None:
        """The share of its alerts that warned of an outcome; None without an alert."""
        return self.right / self.alerts if self.alerts else None

    @property
    def recall(self) -> float:
        """The share of the outcomes that it warned of."""
        return sum(each.first is not None for each in self.outcomes) / len(self.outcomes)

    @property
    def median_lead(self) -> timedelta | None:
        """The middle one of its lead times; None where it warned of nothing."""
        leads = [each.lead.total_seconds() for each in self.outcomes if each.lead is not None]
        return timedelta(seconds=median(leads)) if leads else None


def list_known(revisions: Iterable[Alert]) -> tuple[KnownAlert, ...]:
    """The alerts that were not withdrawn in the end, in the order in which people had them."""
    first: dict[str, datetime] = {}
    last: dict[str, Alert] = {}
    for alert in revisions:
        first.setdefault(alert.id, alert.detected_at)
        last[alert.id] = alert
    stood = (alert for alert in last.values() if alert.status is not Status.WITHDRAWN)
    return tuple(
        sorted(
            (KnownAlert(alert, first[alert.id]) for alert in stood), key=lambda each: each.known_at
        )
    )


def measure_rules(
    known: Sequence[KnownAlert], outcomes: Sequence[Outcome]
) -> tuple[RuleMeasure, ...]:
    """Each rule that an outcome names, by name.

    An alert counts from when people had it, which may be long after what it tells of began.
    """
    by_rule: dict[str, list[KnownAlert]] = {}
    for each in known:
        by_rule.setdefault(each.alert.rule.name, []).append(each)
    names = sorted({name for outcome in outcomes for name in outcome.rules})
    return tuple(_measure_rule(name, by_rule, outcomes) for name in names)


def measure_outcomes(
    known: Sequence[KnownAlert], outcomes: Iterable[Outcome]
) -> tuple[Warned, ...]:
    """Each outcome with the first alert, of any rule that it names, that warned of it."""
    return tuple(
        _find_first(outcome, (each for each in known if each.alert.rule.name in outcome.rules))
        for outcome in outcomes
    )


def _measure_rule(
    name: str, by_rule: Mapping[str, Sequence[KnownAlert]], outcomes: Sequence[Outcome]
) -> RuleMeasure:
    own = [outcome for outcome in outcomes if name in outcome.rules]
    alerts = by_rule.get(name, ())
    right = sum(any(_warns(each, outcome) for outcome in own) for each in alerts)
    return RuleMeasure(
        name, len(alerts), right, tuple(_find_first(outcome, alerts) for outcome in own)
    )


def _find_first(outcome: Outcome, alerts: Iterable[KnownAlert]) -> Warned:
    return Warned(outcome, next((each for each in alerts if _warns(each, outcome)), None))


def _warns(each: KnownAlert, outcome: Outcome) -> bool:
    return outcome.at - outcome.within <= each.known_at < outcome.at
