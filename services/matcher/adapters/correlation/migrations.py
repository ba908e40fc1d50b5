"""Adoption: the states of a signals partition go over to the rules in force, in one message.

The partition's clock says by which bundle its states stand. It is written last, when Kafka has
all that was said: broken off on the way, the change is made again, and twice is the same as once.
"""

from dataclasses import dataclass, field
from datetime import datetime

from services.matcher.adapters.correlation.effects import Effects
from services.matcher.adapters.correlation.hypotheses import Hypotheses, by_name
from services.matcher.adapters.correlation.processing import ProcessingContext
from services.matcher.adapters.correlation.state_migration import StateMigration
from services.matcher.adapters.rules.bundles import Bundles
from services.matcher.adapters.state.windows import Windows
from services.matcher.adapters.topics.records import ConsumerRecord
from services.matcher.domain.changes.active_rules import ActiveRules
from services.matcher.domain.changes.clock import names_of
from services.matcher.domain.changes.rule_change import RuleChange
from services.matcher.domain.duty.windows import DUTY_WINDOWS
from services.matcher.domain.rules.rulebook import RuleKey


@dataclass(slots=True)
class Migrations:
    """Brings partitions to the rules in force.

    `books` has the rules by which the states of each partition stand: they are needed to end what
    those rules said, and known in memory alone. `names` is a digest of what those in force are
    called, `asking` has those of which only a clock knows since when they watch.
    """

    windows: Windows
    hypotheses: Hypotheses
    effects: Effects
    bundles: Bundles
    books: dict[int, ActiveRules] = field(default_factory=dict)
    force: ActiveRules = field(init=False)
    names: str = field(init=False)
    asking: frozenset[RuleKey] = field(init=False)

    def __post_init__(self) -> None:
        self._put(self.bundles.current)

    def forget(self) -> None:
        """Partitions came or went."""
        self.books.clear()

    async def reach(self, number: int, message: ConsumerRecord, now: datetime) -> ProcessingContext:
        """The message with the rules in force, those of bundle `number` at least.

        The states of its partition stand by them.

        Raises:
            BundleMissing: that bundle does not come.
        """
        force = self.bundles.current
        if force.number < number:
            force = await self.bundles.at_least(number)
        if force is not self.force:
            self._put(force)
        clock = self.windows.clock(message.partition)
        if not clock.stands_by(force.number, self.names):
            change = RuleChange(clock, self._book(message.partition, clock.bundle), force)
            effects = self.effects
            await StateMigration(self.windows, self.hypotheses, effects, change, message, now).run()
            clock = self.windows.clock(message.partition)
        self.books[message.partition] = force
        return ProcessingContext(message, force, clock, now)

    def _book(self, partition: int, number: int) -> ActiveRules | None:
        book = self.books.get(partition)
        return book if book is not None and book.number == number else None

    def _put(self, force: ActiveRules) -> None:
        self.force = force
        self.names = names_of(force.rulebook)
        asking = (key for key, rule in force.rulebook.windows.items() if rule.needs_since)
        self.asking = frozenset(key for key in asking if force.generation(key).since is None)
        self.windows.rules = {**force.rulebook.windows, **DUTY_WINDOWS}
        self.hypotheses.rules = by_name(force.rulebook.hypotheses)
        self.hypotheses.forget()
