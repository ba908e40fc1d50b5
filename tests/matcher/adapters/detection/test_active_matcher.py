"""The swap: newer rules judge from a message on, and the past before it is left to a rebuild."""

from collections import deque
from dataclasses import dataclass, field, replace

from services.matcher.adapters.detection.active_matcher import ActiveMatcher
from services.matcher.adapters.rules.bundles import Bundles
from services.matcher.domain.changes.active_rules import ActiveRules
from tests.matcher.fakes import FakeRebuilding
from tests.matcher.messages import Given, as_event
from tests.matcher.rules import detecting, rulebook

OLD = ActiveRules(rulebook(detecting("old", selection={"words|phrase": "rockets"})))
NEW = ActiveRules(
    replace(rulebook(detecting("new", selection={"words|phrase": "rockets"})), number=4)
)


@dataclass
class MatcherDesk:
    """A swap on the old rules, and what it told."""

    bundles: Bundles = field(default_factory=lambda: Bundles(OLD))
    rebuilding: FakeRebuilding = field(default_factory=FakeRebuilding)
    asked: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.swap = ActiveMatcher(self.bundles, self.rebuilding, self._known, deque(maxlen=2))

    async def _known(self, partition: int) -> None:
        self.asked.append(partition)

    async def judged(self, partition: int, offset: int) -> str:
        """The rule that a message there is judged by."""
        await self.swap.enter(Given(b"", partition=partition, offset=offset))
        (signal,) = self.swap(as_event()).signals
        return signal.rule


async def test_newer_rules_judge_from_the_next_message_on() -> None:
    desk = MatcherDesk()
    first = await desk.judged(0, 10)
    desk.bundles.put(NEW)
    within = desk.swap(as_event()).signals[0].rule

    then = [await desk.judged(0, 11), await desk.judged(0, 12)]

    assert (first, within, then) == ("old", "old", ["new", "new"])


async def test_each_partition_is_rebuilt_up_to_its_own_first_message_under_newer_rules() -> None:
    desk = MatcherDesk()
    for partition in (0, 1):
        await desk.judged(partition, 10)
    desk.bundles.put(NEW)
    desk.rebuilding.begun.clear()

    for partition, offset in ((1, 20), (0, 31), (1, 21), (0, 32)):
        await desk.judged(partition, offset)

    assert desk.rebuilding.begun == [(4, 1, 20), (4, 0, 31)]


async def test_a_partition_that_comes_waits_for_the_rules_that_judged_it_last() -> None:
    desk = MatcherDesk()
    for offset in (10, 11):
        await desk.judged(3, offset)
    desk.swap.forget()
    await desk.judged(3, 11)

    assert desk.asked == [3, 3]
    assert desk.rebuilding.stops == 1
    assert desk.rebuilding.begun == [(0, 3, 10), (0, 3, 11)]


async def test_the_events_judged_last_are_remembered() -> None:
    desk = MatcherDesk()
    for name in ("a", "b", "c"):
        await desk.swap.enter(Given(b""))
        desk.swap(as_event(id=name))

    assert [event.id for event in desk.swap.recent] == ["b", "c"]
