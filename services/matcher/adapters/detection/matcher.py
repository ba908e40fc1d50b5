"""The matcher: the signals of an event, and the rules that failed on it or took too long."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain

from schemas.event import Event
from schemas.signal import Signal
from services.matcher.adapters import metrics
from services.matcher.adapters.rules.guard import guard_rule
from services.matcher.domain.engine.effects import RuleFailure
from services.matcher.domain.rules.budget import Budget, Clock, RuleCosts
from services.matcher.domain.rules.matching import SharedViews
from services.matcher.domain.rules.rulebook import Rulebook, RuleKey, without_index
from services.matcher.domain.rules.signals import make_signals

EVERY_RULE = "detect"
TOO_COSTLY = "too_costly"
MOST_NAMED = 10
DEFAULT_BUDGET_MS = 250


def thread_budget(
    milliseconds: int = DEFAULT_BUDGET_MS,
    costs: RuleCosts | None = None,
    processor: Clock = time.thread_time,
) -> Budget:
    """A budget of the calling thread's time of the processor; what rules take goes to `costs`."""
    return Budget(milliseconds / 1000, processor, time.monotonic, costs=costs)


@dataclass(frozen=True, slots=True)
class MatchResult:
    """What the rules make of one event."""

    signals: tuple[Signal, ...]
    failures: tuple[RuleFailure, ...] = ()


NO_MATCH = MatchResult(())


@dataclass(frozen=True, slots=True)
class Matcher:
    """Evaluates all rules of a rulebook on one event after another, each within the budget."""

    rulebook: Rulebook
    budget: Budget = field(default_factory=thread_budget)

    def __call__(self, event: Event) -> MatchResult:
        """The signals of every rule; one that fails or takes too long costs only its own."""
        budget = self.budget
        budget.begin_report()
        result = self._match_all(event, budget)
        if not budget.skipped:
            return result
        return replace(result, failures=(*result.failures, _refuse_costly(budget.skipped)))

    def _match_all(self, event: Event, budget: Budget) -> MatchResult:
        result = guard_rule(EVERY_RULE, lambda: make_signals(self.rulebook, event, budget))
        if not isinstance(result, RuleFailure):
            return MatchResult(result) if result else NO_MATCH
        results = list(self._match_singly(event, budget))
        failures = tuple(rule for rule in results if isinstance(rule, RuleFailure))
        if len(failures) == len(results):
            return MatchResult((), (result,))
        matched = (rule for rule in results if not isinstance(rule, RuleFailure))
        return MatchResult(tuple(chain.from_iterable(matched)), failures)

    def _match_singly(
        self, event: Event, budget: Budget
    ) -> Iterator[tuple[Signal, ...] | RuleFailure]:
        views = SharedViews(self.rulebook)
        for pack in self.rulebook.packs:
            for rule in pack.rules:
                budget.begin()  # without the time that the log of a failure takes
                alone = replace(self.rulebook, packs=(without_index(pack, (rule,)),))
                yield guard_rule(rule.name, partial(make_signals, alone, event, budget, views))


def _refuse_costly(skipped: Sequence[RuleKey | None]) -> RuleFailure:
    """One failure for all rules that were skipped."""
    rules = dict.fromkeys(rule for rule in skipped if rule is not None)
    for pack, rule in rules:
        metrics.TOO_COSTLY.labels(pack, rule).inc()
    if not rules:
        metrics.TOO_COSTLY.labels("", EVERY_RULE).inc()
        return RuleFailure(EVERY_RULE, TOO_COSTLY)
    names = [rule for _pack, rule in rules]
    return RuleFailure(names[0], f"{TOO_COSTLY}: {', '.join(names[:MOST_NAMED])}")
