"""FiringPass: whether a rule fires at the time of the last hit, by a pass that goes on with more.

A pass keeps what it counts of the hits that it still looks back at, so another hit costs what it
changes. It finds the same times as `find_firings`; tests hold that.
"""

from abc import ABC, abstractmethod
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from services.matcher.domain.windows.margins import NOTHING, UNLIMITED, Margins, Move
from services.matcher.domain.windows.state import Hit


@dataclass(slots=True)
class Firings:
    """Firing times, in order, with the values counted there."""

    times: list[int] = field(default_factory=list)
    values: list[float | None] = field(default_factory=list)
    """None: hits came or went since it was counted."""

    def set_last(self, time: int, value: float | None) -> None:
        """The value at a time that none is behind; None if the rule does not fire there."""
        if self.times and self.times[-1] == time:
            self.drop(time, time)
        if value is not None:
            self.times.append(time)
            self.values.append(value)

    def drop(self, first: int, last: int) -> None:
        """Without the times from `first` to `last`."""
        here = self.find(first, last)
        del self.times[here], self.values[here]

    def put(self, other: "Firings", first: int, last: int) -> None:
        """With the times from `first` to `last` as the other has them."""
        here, there = self.find(first, last), other.find(first, last)
        self.times[here] = other.times[there]
        self.values[here] = other.values[there]

    def outdate(self, first: int, last: int) -> None:
        """The values at the times from `first` to `last` are not known any more."""
        here = self.find(first, last)
        self.values[here] = [None] * (here.stop - here.start)

    def find(self, first: int, last: int) -> slice:
        """Where the times from `first` to `last` are."""
        return slice(bisect_left(self.times, first), bisect_right(self.times, last))


class FiringPass(Protocol):
    """Hits, and the times at which a rule fires for them."""

    def extend(self, hits: Sequence[Hit], times: Sequence[int], firings: Firings) -> None:
        """Bring the firing times up to date with more hits, asked at `times`; both in order.

        No hit begins, and no time is, before those that were asked.
        """
        ...


class AskingPass(ABC):
    """A pass that asks at the times of hits."""

    def extend(self, hits: Sequence[Hit], times: Sequence[int], firings: Firings) -> None:
        """As the protocol says."""
        for time, value in self._ask_each(hits, times):
            firings.set_last(time, value)

    def extend_knowing(
        self, hits: Sequence[Hit], times: Sequence[int], firings: Firings, largest: float
    ) -> Margins:
        """The same, and the margins of these times; no number of a hit exceeds `largest`."""
        margins = UNLIMITED
        for time, value in self._ask_each(hits, times):
            firings.set_last(time, value)
            if not margins.is_spent:
                margins = margins.least(self.find_margins(largest, fires=value is not None))
        return margins

    def _ask_each(
        self, hits: Sequence[Hit], times: Sequence[int]
    ) -> Iterator[tuple[int, float | None]]:
        by_first, counted = sorted(hits, key=lambda hit: hit.first), 0
        for time in times:
            while counted < len(by_first) and by_first[counted].first <= time:
                self.count(by_first[counted])
                counted += 1
            yield time, self.ask(time)
        for hit in by_first[counted:]:
            self.count(hit)

    @abstractmethod
    def count(self, hit: Hit) -> None:
        """Count the hit, which begins no earlier than those before."""

    @abstractmethod
    def ask(self, time: int) -> float | None:
        """The value counted at a time; None if the rule does not fire there.

        No time was asked behind it, and none before it will be.
        """

    def find_margins(self, _largest: float, *, fires: bool) -> Margins:  # noqa: ARG002
        """The margins of the time that was asked last."""
        return NOTHING

    def weigh(self, _hit: Hit, _largest: float, *, alone: bool) -> Move:  # noqa: ARG002
        """What a hit takes of the margins of this pass; `alone`: no other has its key."""
        return Move(1)

    def revise(self, _added: Sequence[Hit], _removed: Sequence[Hit]) -> bool:
        """Count hits that begin before others, and count hits out; whether it can.

        The last time that was asked stays the last.
        """
        return False
