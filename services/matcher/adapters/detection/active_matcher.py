"""The swap: which rules judge a message of the events topic."""

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from schemas.event import Event
from services.matcher.adapters.detection.matcher import Matcher, MatchResult
from services.matcher.adapters.rules.bundles import Bundles
from services.matcher.adapters.topics.message import Received
from services.matcher.domain.changes.active_rules import ActiveRules
from services.matcher.domain.rules.rulebook import Rulebook


class Rebuilding(Protocol):
    """What has the past of an events partition judged again."""

    def begin(self, rules: ActiveRules, partition: int, until: int) -> None:
        """Judge by `rules` what stands before offset `until`, if that is still to be done."""
        ...

    def stop(self) -> None:
        """Give up what is under way: partitions are on the move."""
        ...


@dataclass(slots=True)
class ActiveMatcher:
    """A judge whose rules change from one message to the next, partition by partition.

    What stands before that message was judged by older ones, and is left to `rebuilding`. A
    partition that comes from another worker may have been judged by rules that are not in force
    here yet: `known` waits until they are. `recent` are the events judged last.
    """

    bundles: Bundles
    rebuilding: Rebuilding
    known: Callable[[int], Awaitable[object]]
    recent: deque[Event]
    under: dict[int, int] = field(default_factory=dict)
    _judge: Matcher = field(default_factory=lambda: Matcher(Rulebook()))

    async def enter(self, message: Received) -> None:
        """Take the rules by which all that the message holds is judged."""
        partition = message.partition
        if partition not in self.under:
            await self.known(partition)
        rules = self.bundles.current
        if self.under.get(partition) != rules.number:
            self.under[partition] = rules.number
            self.rebuilding.begin(rules, partition, message.offset)
        if self._judge.rulebook is not rules.rulebook:
            self._judge = Matcher(rules.rulebook)

    def __call__(self, event: Event) -> MatchResult:
        """What they say of an event."""
        self.recent.append(event)
        return self._judge(event)

    def forget(self) -> None:
        """Partitions are on the move: whoever has them next finds out what is to be done."""
        self.under.clear()
        self.rebuilding.stop()
