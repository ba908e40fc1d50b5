"""The matcher: the signals of an event, and the rules that failed on it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain

from schemas.event import Event
from schemas.signal import Signal
from services.matcher.adapters.rules.guard import guard_rule
from services.matcher.domain.engine.effects import RuleFailure
from services.matcher.domain.rules.rulebook import Rulebook, without_index
from services.matcher.domain.rules.signals import make_signals

EVERY_RULE = "detect"


@dataclass(frozen=True, slots=True)
class MatchResult:
    """What the rules make of one event."""

    signals: tuple[Signal, ...]
    failures: tuple[RuleFailure, ...] = ()


@dataclass(frozen=True, slots=True)
class Matcher:
    """Evaluates all rules of a rulebook."""

    rulebook: Rulebook

    def __call__(self, event: Event) -> MatchResult:
        """The signals of every rule; one that fails costs only its own."""
        result = guard_rule(EVERY_RULE, lambda: make_signals(self.rulebook, event))
        if not isinstance(result, RuleFailure):
            return MatchResult(result)
        results = list(self._match_singly(event))
        failures = tuple(rule for rule in results if isinstance(rule, RuleFailure))
        if len(failures) == len(results):
            return MatchResult((), (result,))
        matched = (rule for rule in results if not isinstance(rule, RuleFailure))
        return MatchResult(tuple(chain.from_iterable(matched)), failures)

    def _match_singly(self, event: Event) -> Iterator[tuple[Signal, ...] | RuleFailure]:
        for pack in self.rulebook.packs:
            for rule in pack.rules:
                alone = replace(self.rulebook, packs=(without_index(pack, (rule,)),))
                yield guard_rule(rule.name, partial(make_signals, alone, event))
