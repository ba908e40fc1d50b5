"""Hindsight: the rules that changed, asked about events of before."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from schemas.event import Event
from schemas.signal import Signal
from services.matcher.adapters.detection.matcher import Matcher, MatchResult
from services.matcher.domain.alerts.rule_generation import RuleGeneration
from services.matcher.domain.changes.active_rules import ActiveRules
from services.matcher.domain.rules.narrow_rulebook import narrow_rulebook
from services.matcher.domain.rules.rulebook import RuleKey


@dataclass(frozen=True, slots=True)
class BackfillMatcher:
    """A judge of the past by the rules `anew` alone.

    What was recorded before the bundle that changed a rule is backfill. What was recorded after it
    was only overtaken by the swap, and is as live as ever.
    """

    judge: Matcher
    anew: Mapping[RuleKey, RuleGeneration]

    @classmethod
    def of(cls, rules: ActiveRules, after: int) -> "BackfillMatcher":
        """That of all rules to be rebuilt with a bundle past `after`. Takes a while to make."""
        anew = rules.rebuilt_after(after)
        return cls(Matcher(narrow_rulebook(rules.rulebook, anew)), anew)

    @property
    def since(self) -> datetime | None:
        """How far back it looks; None if no event of the past says anything to it."""
        if not any(pack.rules for pack in self.judge.rulebook.packs):
            return None
        times = [one.since for one in self.anew.values() if one.since is not None]
        return min(times, default=None)

    def __call__(self, event: Event) -> MatchResult:
        """What the rules say of an event."""
        recorded = event.recorded_at or event.occurred_at
        verdict = self.judge(event)
        return replace(verdict, signals=tuple(self._told(one, recorded) for one in verdict.signals))

    def _told(self, signal: Signal, recorded: datetime) -> Signal:
        changed_at = self.anew[signal.pack, signal.rule].changed_at
        backfill = changed_at is None or recorded < changed_at
        return signal.model_copy(update={"backfill": True}) if backfill else signal
