"""Change: what becomes of each rule's states when a signals partition goes on to other rules."""

from dataclasses import dataclass

from schemas.bundle import OnChange
from services.matcher.domain.alerts.step import timing
from services.matcher.domain.changes.active_rules import ActiveRules
from services.matcher.domain.changes.clock import Clock
from services.matcher.domain.rules.rulebook import RuleKey
from services.matcher.domain.windows.window_rule import WindowRule


@dataclass(frozen=True, slots=True)
class RuleChange:
    """From the rules that the states of a partition stand by to those in force.

    `was` is None where nobody knows the former any more, but for the number that its clock has.
    """

    clock: Clock
    was: ActiveRules | None
    force: ActiveRules

    def former(self, rule: RuleKey) -> WindowRule | None:
        """The rule as it was, if anybody knows."""
        return None if self.was is None else self.was.rulebook.windows.get(rule)

    def begins_anew(self, rule: RuleKey) -> bool:
        """Whether the windows of a rule begin again with this change."""
        return self.force.generation(rule).changed_in > self.clock.bundle

    def rebuilds(self, rule: RuleKey) -> bool:
        """Whether they do, and the past is judged again."""
        on_change = self.force.generation(rule).on_change
        return self.begins_anew(rule) and on_change is OnChange.REBUILD

    def was_backfilling(self, rule: RuleKey) -> bool:
        """Whether its past was still being judged again before this change."""
        known = self.was or self.force
        standing, level = known.generation(rule), known.level(rule)
        return standing.changed_in <= self.clock.bundle and self.clock.is_backfilling(
            standing, level
        )

    def is_retimed(self, rule: RuleKey) -> bool:
        """Whether the states of a rule that counts on may be due at other times than before."""
        former, now = self.former(rule), self.force.rulebook.windows[rule]
        return former is None or timing(former) != timing(now)

    def newly_told(self, rule: RuleKey) -> frozenset[str]:
        """The hypotheses that list a rule which counts on, and may not have heard of it yet."""
        former, now = self.former(rule), self.force.rulebook.windows[rule]
        known = () if former is None else former.hypotheses
        return frozenset() if self.was_backfilling(rule) else frozenset(now.hypotheses) - {*known}

    def rebuilt_above(self, rule: RuleKey) -> frozenset[RuleKey]:
        """The rules above one that stays as it is which need its past again."""
        above = self.force.rulebook.feeds.get(rule, ())
        if self.begins_anew(rule) or self.was_backfilling(rule):
            return frozenset()
        return frozenset(key for one in above if self.rebuilds(key := (one.pack, one.name)))
