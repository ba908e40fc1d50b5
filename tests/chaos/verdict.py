"""What came out against what had to: lost, duplicated, unexpected, wrongly ended, how late."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from tests.chaos.oracle import WITHDRAWN, AlertKey, Foretold


@dataclass(frozen=True, slots=True)
class ReceivedMessage:
    """One first message at a receiver, or one incident: `end` is how it stands now."""

    mark: AlertKey | None
    alert: str | None
    at: float
    end: str
    text: str


@dataclass(frozen=True)
class Verdict:
    """One receiver's part. What carries no mark comes from no rule of ours: `notices`."""

    receiver: str
    foretold: Foretold
    received: Sequence[ReceivedMessage]

    @cached_property
    def by_mark(self) -> Mapping[AlertKey, Sequence[ReceivedMessage]]:
        """Every message of each alert, in order of arrival."""
        found: dict[AlertKey, list[ReceivedMessage]] = defaultdict(list)
        for one in sorted(self.received, key=lambda one: one.at):
            if one.mark is not None:
                found[one.mark].append(one)
        return found

    @property
    def notices(self) -> list[str]:
        """Messages about no alert of the pack."""
        return [one.text for one in self.received if one.mark is None]

    @property
    def delivered(self) -> list[AlertKey]:
        """What was expected, and came."""
        return [mark for mark in self.foretold.expected if mark in self.by_mark]

    @property
    def lost(self) -> list[AlertKey]:
        """What was expected, and did not come."""
        return [mark for mark in self.foretold.expected if mark not in self.by_mark]

    @property
    def duplicated(self) -> list[AlertKey]:
        """What came as more than one first message."""
        return [mark for mark, told in self.by_mark.items() if len(told) > 1]

    @property
    def unexpected(self) -> list[AlertKey]:
        """What nothing accounts for: neither expected nor rightly withdrawn."""
        return [
            mark
            for mark, told in self.by_mark.items()
            if mark not in self.foretold.expected and not self._forgiven(mark, told)
        ]

    @property
    def astray(self) -> list[AlertKey]:
        """What came, and does not stand at last as it should."""
        return [
            mark
            for mark in self.delivered
            if self.by_mark[mark][0].end != self.foretold.expected[mark].end
        ]

    @property
    def waits(self) -> dict[AlertKey, tuple[float, float]]:
        """When each delivered alert came, and how many seconds after it was due."""
        first = {mark: self.by_mark[mark][0].at for mark in self.delivered}
        return {mark: (at, at - self.foretold.expected[mark].due) for mark, at in first.items()}

    @property
    def complete(self) -> bool:
        """Whether nothing is awaited any more."""
        return not (self.lost or self.astray)

    @property
    def good(self) -> bool:
        """Whether every expected alert came exactly once, ended rightly, and nothing else came."""
        return self.complete and not (self.duplicated or self.unexpected)

    def _forgiven(self, mark: AlertKey, told: Sequence[ReceivedMessage]) -> bool:
        return mark in self.foretold.forgivable and all(one.end == WITHDRAWN for one in told)


def paging(foretold: Foretold) -> Foretold:
    """The part of it that a pager hears of."""
    pages = {mark: one for mark, one in foretold.expected.items() if one.pages(mark)}
    return Foretold(pages, frozenset())


def lines(verdicts: Iterable[Verdict]) -> list[str]:
    """The table of the counts, a line a receiver."""
    names = ("expected", "delivered", "lost", "duplicated", "unexpected", "astray")
    told = [f"{'alerts':10}" + "".join(f"{name:>12}" for name in names) + f"{'worst, s':>12}"]
    for one in verdicts:
        counts = [len(one.foretold.expected), *(len(getattr(one, name)) for name in names[1:])]
        worst = max((wait for _, wait in one.waits.values()), default=0.0)
        cells = "".join(f"{count:12,}" for count in counts)
        told.append(f"{one.receiver:10}{cells}{worst:12.1f}")
    return told


def by_rule(marks: Iterable[AlertKey]) -> str:
    """How many there are of each rule."""
    counted = Counter(mark.rule for mark in marks)
    return ", ".join(f"{count} {rule}" for rule, count in sorted(counted.items()))
