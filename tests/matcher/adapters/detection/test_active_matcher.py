"""The active matcher: newer rules apply from a message on, and what is before it is backfilled."""

from dataclasses import dataclass, field, replace

from services.matcher.adapters.detection.active_matcher import ActiveMatcher
from services.matcher.adapters.rules.bundles import Bundles
from services.matcher.domain.changes.active_rules import ActiveRules
from tests.matcher.fakes import FakeBackfillRunner
from tests.matcher.messages import Given, as_event
from tests.matcher.rules import detecting, rulebook

OLD = ActiveRules(rulebook(detecting("old", selection={"words|phrase": "rockets"})))
NEW = ActiveRules(
    replace(rulebook(detecting("new", selection={"words|phrase": "rockets"})), number=4)
)


@dataclass
class MatcherDesk:
    """An active matcher on the old rules."""

    bundles: Bundles = field(default_factory=lambda: Bundles(OLD))
    backfills: FakeBackfillRunner = field(default_factory=FakeBackfillRunner)
    followed: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.matcher = ActiveMatcher(self.bundles, self.backfills, self._follow)

    async def _follow(self, partition: int) -> None:
        self.followed.append(partition)

    async def match(self, partition: int, offset: int) -> str:
        """The rule that a message there matches."""
        await self.matcher.activate(Given(b"", partition=partition, offset=offset))
        (signal,) = self.matcher(as_event()).signals
        return signal.rule


async def test_newer_rules_apply_from_the_next_message_on() -> None:
    desk = MatcherDesk()
    first = await desk.match(0, 10)
    desk.bundles.put(NEW)
    within = desk.matcher(as_event()).signals[0].rule

    then = [await desk.match(0, 11), await desk.match(0, 12)]

    assert (first, within, then) == ("old", "old", ["new", "new"])


async def test_each_partition_is_backfilled_up_to_its_own_first_message_under_newer_rules() -> None:
    desk = MatcherDesk()
    for partition in (0, 1):
        await desk.match(partition, 10)
    desk.bundles.put(NEW)
    desk.backfills.begun.clear()

    for partition, offset in ((1, 20), (0, 31), (1, 21), (0, 32)):
        await desk.match(partition, offset)

    assert desk.backfills.begun == [(4, 1, 20), (4, 0, 31)]


async def test_a_partition_that_comes_waits_for_the_rules_that_evaluated_it_last() -> None:
    desk = MatcherDesk()
    for offset in (10, 11):
        await desk.match(3, offset)
    desk.matcher.forget_partitions()
    await desk.match(3, 11)

    assert desk.followed == [3, 3]
    assert desk.backfills.stops == 1
    assert desk.backfills.begun == [(0, 3, 10), (0, 3, 11)]
