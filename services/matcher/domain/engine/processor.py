"""The protocol of what handles the states of one kind, and the context that it does so in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from services.matcher.domain.alerts.apply import RetractedEvents
from services.matcher.domain.alerts.new_groups import GroupCounts
from services.matcher.domain.alerts.step import StepContext
from services.matcher.domain.changes.active_rules import ActiveRules
from services.matcher.domain.changes.partition_progress import PartitionProgress
from services.matcher.domain.changes.rule_change import RuleChange
from services.matcher.domain.engine.effects import Effects
from services.matcher.domain.engine.keys import StateKey
from services.matcher.domain.engine.messages import SignalsMessage
from services.matcher.domain.rules.rulebook import RuleKey

Cause = SignalsMessage | RetractedEvents | RuleChange
"""What a state is handled for."""

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class ProcessingContext:
    """The offset of the message, the active rules, and the progress before and after it.

    `now` is the time at which what it leads to is announced. `counts` None: there are no storms.
    """

    offset: int
    now: datetime
    rules: ActiveRules
    before: PartitionProgress
    progress: PartitionProgress
    counts: GroupCounts | None = None

    @property
    def step(self) -> StepContext:
        """The context of a step that no rule with windows is asked in."""
        return StepContext(self.offset, self.progress.clock.now(), self.now)

    def rule_step(self, rule: RuleKey) -> StepContext:
        """The context of a step of a rule with windows."""
        generation = self.rules.generation(rule)
        return StepContext(
            self.offset,
            self.progress.clock.now(),
            self.now,
            generation.since or self.progress.rules.watching_since(rule),
            generation,
            self._is_backfilling(rule, self.progress),
            self.counts,
            self.progress.clock.before,
        )

    def is_released(self, rule: RuleKey) -> bool:
        """Whether the past of the rule is complete with this message."""
        if self.before.backfill is self.progress.backfill:
            return False
        return self._is_backfilling(rule, self.before) and not self._is_backfilling(
            rule, self.progress
        )

    def _is_backfilling(self, rule: RuleKey, progress: PartitionProgress) -> bool:
        generation = self.rules.generation(rule)
        return generation.changed_in > 0 and progress.backfill.is_backfilling(
            generation, self.rules.level(rule)
        )


class KeyedProcessor(Protocol[S]):
    """Handles the states of one kind. Pure; raises whatever the code of a rule raises."""

    def handle(
        self, key: StateKey, state: S | None, cause: Cause, context: ProcessingContext
    ) -> Effects[S]:
        """What the cause leads to for the state of a key; `state` None: there is none yet.

        A message that is not past the state's offset changes nothing, and leads again to all that
        it led to: the state may have been written and the alert lost.
        """
        ...

    def due_at(self, key: StateKey, state: S | None) -> datetime | None:
        """The clock time at which a tick has to be handled; None: never."""
        ...
