"""The active matcher: which rules evaluate a message of the events topic."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from schemas.event import Event
from services.matcher.adapters.detection.matcher import Matcher, MatchResult, thread_budget
from services.matcher.adapters.rules.bundles import Bundles
from services.matcher.adapters.topics.records import ConsumerRecord
from services.matcher.domain.changes.active_rules import ActiveRules
from services.matcher.domain.rules.budget import Budget
from services.matcher.domain.rules.rulebook import Rulebook


class BackfillRunner(Protocol):
    """Runs the backfills of events partitions."""

    def begin(self, rules: ActiveRules, partition: int, until: int) -> None:
        """Start to evaluate `rules` on what is before offset `until`, unless that is done."""
        ...

    def stop(self) -> None:
        """Stop all backfills: partitions move."""
        ...


@dataclass(slots=True)
class ActiveMatcher:
    """A matcher whose rules change from one message to the next, partition by partition.

    What is before that message was evaluated by older rules; `backfills` does it again. A
    partition that comes from another worker may have been evaluated by rules that are not active
    here yet: `follow` waits until they are. `numbers` has the bundle
    by which each partition is evaluated, `budget` makes that of each matcher.
    """

    bundles: Bundles
    backfills: BackfillRunner
    follow: Callable[[int], Awaitable[object]]
    budget: Callable[[], Budget] = thread_budget
    numbers: dict[int, int] = field(default_factory=dict)
    _matcher: Matcher = field(default_factory=lambda: Matcher(Rulebook()))

    async def activate(self, message: ConsumerRecord) -> None:
        """Make the newest rules those by which all that the message holds is evaluated."""
        partition = message.partition
        if partition not in self.numbers:
            await self.follow(partition)
        rules = self.bundles.current
        if self.numbers.get(partition) != rules.number:
            self.numbers[partition] = rules.number
            self.backfills.begin(rules, partition, message.offset)
        if self._matcher.rulebook is not rules.rulebook:
            self._matcher = Matcher(rules.rulebook, self.budget())

    def __call__(self, event: Event) -> MatchResult:
        """What the active rules make of an event."""
        return self._matcher(event)

    def forget_partitions(self) -> None:
        """Partitions move: their next owners start the backfills that are not complete."""
        self.numbers.clear()
        self.backfills.stop()
