"""Firing alerts by what they inhibit, so that asking costs what is found and not what fires."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Self

from services.notifier.domain.routing.inhibition import (
    FiringAlert,
    InhibitedBy,
    InhibitRule,
    read_values,
)
from services.notifier.domain.routing.matchers import Labels

_Key = tuple[int, tuple[tuple[str, ...], ...]]
"""The number of a rule, and the values of its `equal` labels."""


@dataclass(slots=True)
class _Sources:
    """The ids of sources with a key; those that match the rule's targets too lie apart."""

    plain: dict[str, None] = field(default_factory=dict)
    two_sided: dict[str, None] = field(default_factory=dict)


class InhibitionIndex:
    """The firing alerts that inhibit others by `rules`; the first that was put inhibits."""

    def __init__(self, rules: Sequence[InhibitRule]) -> None:
        self.rules = rules
        self._sources: dict[_Key, _Sources] = {}
        self._keys: dict[str, tuple[_Key, ...]] = {}

    @classmethod
    def of(cls, rules: Sequence[InhibitRule], firing: Iterable[FiringAlert]) -> Self:
        """The index of alerts that fire now."""
        index = cls(rules)
        for alert in firing:
            index.put(alert)
        return index

    def put(self, alert: FiringAlert) -> None:
        """It fires, with these labels from now on."""
        self.remove(alert.id)
        keys = []
        for number, rule in enumerate(self.rules):
            if rule.is_source(alert.labels):
                key = _make_key(number, rule, alert.labels)
                sources = self._sources.setdefault(key, _Sources())
                is_two_sided = rule.is_target(alert.labels)
                (sources.two_sided if is_two_sided else sources.plain)[alert.id] = None
                keys.append(key)
        if keys:
            self._keys[alert.id] = tuple(keys)

    def remove(self, alert_id: str) -> None:
        """It inhibits nothing any more."""
        for key in self._keys.pop(alert_id, ()):
            sources = self._sources[key]
            sources.plain.pop(alert_id, None)
            sources.two_sided.pop(alert_id, None)
            if not sources.plain and not sources.two_sided:
                del self._sources[key]

    def find(self, alert: FiringAlert) -> InhibitedBy | None:
        """An alert that inhibits this one, and the rule by which it does; None if none does."""
        return next(self._list_inhibiting(alert), None)

    def _list_inhibiting(self, alert: FiringAlert) -> Iterator[InhibitedBy]:
        for number, rule in enumerate(self.rules):
            if not rule.is_target(alert.labels):
                continue
            sources = self._sources.get(_make_key(number, rule, alert.labels), _Sources())
            # one that matches both sides is not inhibited by another that does
            sides = [sources.plain] if rule.is_source(alert.labels) else _list_sides(sources)
            for side in sides:
                yield from (InhibitedBy(each, rule.place) for each in side if each != alert.id)


def _list_sides(sources: _Sources) -> list[dict[str, None]]:
    return [sources.plain, sources.two_sided]


def _make_key(number: int, rule: InhibitRule, labels: Labels) -> _Key:
    return number, tuple(read_values(labels, name) for name in rule.equal)
