"""The judge: the signals of an event, and the faults of the rules that failed on it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain

from schemas.event import Event
from schemas.signal import Signal
from services.matcher.adapters.rules.guard import RuleFailure, guard_rule
from services.matcher.domain.rules.rulebook import Rulebook, unindexed
from services.matcher.domain.rules.signals import make_signals

EVERY_RULE = "detect"


@dataclass(frozen=True, slots=True)
class MatchResult:
    """What came of one event."""

    signals: tuple[Signal, ...]
    faults: tuple[RuleFailure, ...] = ()


@dataclass(frozen=True, slots=True)
class Matcher:
    """All rules in force."""

    rulebook: Rulebook

    def __call__(self, event: Event) -> MatchResult:
        """Ask every rule; one that fails costs what it alone would have said."""
        found = guard_rule(EVERY_RULE, lambda: make_signals(self.rulebook, event))
        if not isinstance(found, RuleFailure):
            return MatchResult(found)
        told = list(self._one_by_one(event))
        faults = tuple(one for one in told if isinstance(one, RuleFailure))
        if len(faults) == len(told):
            return MatchResult((), (found,))
        good = (one for one in told if not isinstance(one, RuleFailure))
        return MatchResult(tuple(chain.from_iterable(good)), faults)

    def _one_by_one(self, event: Event) -> Iterator[tuple[Signal, ...] | RuleFailure]:
        for pack in self.rulebook.packs:
            for rule in pack.rules:
                alone = replace(self.rulebook, packs=(unindexed(pack, (rule,)),))
                yield guard_rule(rule.name, partial(make_signals, alone, event))
