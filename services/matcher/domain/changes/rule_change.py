"""What becomes of each rule's states when a signals partition migrates to other rules."""

from dataclasses import dataclass

from schemas.bundle import OnChange
from services.matcher.domain.changes.active_rules import ActiveRules
from services.matcher.domain.changes.partition_progress import PartitionProgress
from services.matcher.domain.rules.rulebook import RuleKey
from services.matcher.domain.windows.window_rule import WindowRule


@dataclass(frozen=True, slots=True)
class RuleChange:
    """From the rules that made the states of a partition to the active ones.

    `former` is None where only the number of the former bundle is known, from `progress`. Unless
    `asks_rules`, a rule has failed: its states migrate without its code.
    """

    progress: PartitionProgress
    former: ActiveRules | None
    active: ActiveRules
    asks_rules: bool = True

    def former_rule(self, rule: RuleKey) -> WindowRule | None:
        """The rule as it was, if it is known."""
        if self.former is None or not self.asks_rules:
            return None
        return self.former.rulebook.windows.get(rule)

    def affects(self, rule: RuleKey) -> bool:
        """Whether the states of an active rule have to be handled. Duty windows are kept."""
        if rule not in self.active.rulebook.windows:
            return False
        is_asked = self.rebuilt_above(rule) or self.new_hypotheses(rule) or self.judges(rule)
        return self.resets(rule) or bool(is_asked)

    def resets(self, rule: RuleKey) -> bool:
        """Whether the windows of a rule begin again with this change."""
        return self.active.generation(rule).changed_in > self.progress.rules.bundle

    def judges(self, rule: RuleKey) -> bool:
        """Whether the windows of a rule stay, and its alerts are judged anew with this change.

        Those of a rule whose past is still being read are judged when it is read.
        """
        generation = self.active.generation(rule)
        is_newer = generation.judged_in > self.progress.rules.bundle
        return is_newer and not (self.resets(rule) or self.was_backfilling(rule))

    def rebuilds(self, rule: RuleKey) -> bool:
        """Whether they do, and the past is read again."""
        return self.resets(rule) and self.active.generation(rule).on_change is OnChange.REBUILD

    def was_backfilling(self, rule: RuleKey) -> bool:
        """Whether its past was still being read again before this change."""
        known = self.former or self.active
        generation = known.generation(rule)
        is_older = generation.changed_in <= self.progress.rules.bundle
        return is_older and self.progress.backfill.is_backfilling(generation, known.level(rule))

    def new_hypotheses(self, rule: RuleKey) -> frozenset[str]:
        """The hypotheses that list a rule which is kept, and may know nothing of its states."""
        former, active = self.former_rule(rule), self.active.rulebook.windows[rule]
        if self.was_backfilling(rule):
            return frozenset()
        return frozenset(active.hypotheses).difference(former.hypotheses if former else ())

    def rebuilt_above(self, rule: RuleKey) -> frozenset[RuleKey]:
        """The rules above a kept one which need its past again."""
        above = self.active.rulebook.feeds.get(rule, ())
        if self.resets(rule) or self.was_backfilling(rule):
            return frozenset()
        keys = ((window.pack, window.name) for window in above)
        return frozenset(key for key in keys if self.rebuilds(key))
