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

    Both must have the same values of the labels in `equal`; an absent label is an empty one. An
    alert that matches both sides is not inhibited by another that does, nor by itself.
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


@dataclass(frozen=True, slots=True)
class InhibitedBy:
    """What inhibits an alert: the id of another one, and the place of the rule."""

    alert: str
    place: str


def may_be_inhibited(rules: Iterable[InhibitRule], labels: Labels) -> bool:
    """Whether an alert with these labels is inhibited while certain others fire."""
    return any(rule.is_target(labels) for rule in rules)


def may_inhibit(rules: Iterable[InhibitRule], labels: Labels) -> bool:
    """Whether an alert with these labels inhibits any other."""
    return any(rule.is_source(labels) for rule in rules)


def _all_hold(matchers: tuple[LabelMatcher, ...], labels: Labels) -> bool:
    return all(matcher.holds(labels) for matcher in matchers)


def read_values(labels: Labels, name: str) -> tuple[str, ...]:
    """The values of a label in order, without empty ones."""
    return tuple(sorted(value for value in labels.get(name, ()) if value))
