"""The backfill matcher: the rules that changed, evaluated on past events."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from schemas.event import Event
from schemas.signal import Signal
from services.matcher.adapters.detection.matcher import Matcher, MatchResult, thread_budget
from services.matcher.domain.alerts.rule_generation import RuleGeneration
from services.matcher.domain.changes.active_rules import ActiveRules
from services.matcher.domain.rules.budget import Budget
from services.matcher.domain.rules.narrow_rulebook import narrow_rulebook
from services.matcher.domain.rules.rulebook import RuleKey


@dataclass(frozen=True, slots=True)
class BackfillMatcher:
    """A matcher of past events by the rules of `generations` alone.

    What was recorded before the bundle that changed a rule is backfill. What was recorded after it
    only reached `detect` before the bundle, and is live.
    """

    matcher: Matcher
    generations: Mapping[RuleKey, RuleGeneration]

    @classmethod
    def build(
        cls, rules: ActiveRules, after: int, budget: Callable[[], Budget] = thread_budget
    ) -> "BackfillMatcher":
        """That of all rules to be backfilled with a bundle past `after`. Slow: it compiles them."""
        generations = rules.rebuilt_after(after)
        return cls(Matcher(narrow_rulebook(rules.rulebook, generations), budget()), generations)

    @property
    def since(self) -> datetime | None:
        """The time of the oldest event that it needs; None if it needs none."""
        if not any(pack.rules for pack in self.matcher.rulebook.packs):
            return None
        times = (generation.since for generation in self.generations.values())
        return min((time for time in times if time is not None), default=None)

    def __call__(self, event: Event) -> MatchResult:
        """What the rules make of an event."""
        result = self.matcher(event)
        signals = (self._mark_backfill(signal, event.learned_at) for signal in result.signals)
        return replace(result, signals=tuple(signals))

    def _mark_backfill(self, signal: Signal, recorded: datetime) -> Signal:
        changed_at = self.generations[signal.pack, signal.rule].changed_at
        is_backfill = changed_at is None or recorded < changed_at
        return signal.model_copy(update={"backfill": True}) if is_backfill else signal
