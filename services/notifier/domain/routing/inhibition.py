"""Inhibition: alerts that are not notified while certain others fire; Alertmanager's rules."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.notifier.domain.routing.matchers import LabelMatcher, Labels


@dataclass(frozen=True, slots=True)
class FiringAlert:
    """An alert that fires now and may inhibit others."""

    id: str
    labels: Labels


@dataclass(frozen=True, slots=True)
class InhibitRule:
    """Alerts that match `targets` are inhibited while one that matches `sources` fires.

    Both must have the same values of the labels in `equal`; an absent label is an empty one.
    """

    place: str
    sources: tuple[LabelMatcher, ...]
    targets: tuple[LabelMatcher, ...]
    equal: tuple[str, ...] = ()

    def is_source(self, labels: Labels) -> bool:
        """Whether an alert with these labels inhibits others."""
        return _all_hold(self.sources, labels)

    def is_target(self, labels: Labels) -> bool:
        """Whether an alert with these labels may be inhibited."""
        return _all_hold(self.targets, labels)

    def inhibits(self, source: Labels, target: Labels) -> bool:
        """Whether an alert with the labels of `source` inhibits one with those of `target`.

        One that matches both sides is not inhibited by another that does, nor by itself.
        """
        if not self.is_source(source) or not self.is_target(target):
            return False
        if self.is_source(target) and self.is_target(source):
            return False
        return all(_read(source, name) == _read(target, name) for name in self.equal)


@dataclass(frozen=True, slots=True)
class InhibitedBy:
    """What inhibits an alert: the id of another one, and the place of the rule."""

    alert: str
    place: str


def find_inhibition(
    rules: Iterable[InhibitRule], alert: FiringAlert, firing: Iterable[FiringAlert]
) -> InhibitedBy | None:
    """The first alert that inhibits `alert`, and the rule by which it does; None if none does."""
    candidates = [rule for rule in rules if rule.is_target(alert.labels)]
    if not candidates:
        return None
    found = (
        InhibitedBy(source.id, rule.place)
        for source in firing
        if source.id != alert.id
        for rule in candidates
        if rule.inhibits(source.labels, alert.labels)
    )
    return next(found, None)


def may_inhibit(rules: Iterable[InhibitRule], labels: Labels) -> bool:
    """Whether an alert with these labels inhibits any other."""
    return any(rule.is_source(labels) for rule in rules)


def _all_hold(matchers: tuple[LabelMatcher, ...], labels: Labels) -> bool:
    return all(matcher.holds(labels) for matcher in matchers)


def _read(labels: Labels, name: str) -> tuple[str, ...]:
    return tuple(sorted(value for value in labels.get(name, ()) if value))
