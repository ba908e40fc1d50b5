"""Leaving: amounts by the time at which they leave, and what is left of their total as they do."""

from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

LARGEST_BLOCK = 32

TotalUntil = tuple[int, int]
"""A total, and the time until which it stays."""


@dataclass(slots=True)
class _TimesBlock:
    """Neighbouring times, what leaves at them all, and at how many of them less than nothing."""

    times: list[int]
    total: int = 0
    negative: int = 0


class LeavingTotals:
    """Amounts that each leave at a time; another one costs the logarithm of their number."""

    def __init__(self) -> None:
        self._amounts: Counter[int] = Counter()
        self._counts: Counter[int] = Counter()
        self._blocks: list[_TimesBlock] = []

    def add(self, time: int, amount: int) -> None:
        """With another amount."""
        self._counts[time] += 1
        place = min(self._find(time), len(self._blocks) - 1)
        if place < 0:
            self._blocks.append(_TimesBlock([]))
            place = 0
        block = self._blocks[place]
        if self._counts[time] == 1:
            insort(block.times, time)
        self._change(block, time, amount)
        if len(block.times) > LARGEST_BLOCK:
            middle = LARGEST_BLOCK if time == block.times[-1] else LARGEST_BLOCK // 2
            halves = block.times[:middle], block.times[middle:]
            self._blocks[place : place + 1] = map(self._make_block, halves)

    def remove(self, time: int, amount: int) -> None:
        """Without one of the amounts."""
        place = self._find(time)
        block = self._blocks[place]
        self._change(block, time, -amount)
        self._counts[time] -= 1
        if self._counts[time]:
            return
        del self._counts[time], self._amounts[time]
        del block.times[bisect_left(block.times, time)]
        near = self._blocks[place : place + 2]
        times = [time for block in near for time in block.times]
        if len(times) <= LARGEST_BLOCK // 2:
            self._blocks[place : place + 2] = [self._make_block(times)] if times else []

    def list_totals(
        self, after: int, exact: Callable[[int], int], coarse: Callable[[int], int]
    ) -> Iterator[TotalUntil]:
        """The total of what leaves behind a time, then those that are left as amounts leave.

        The first is the present one, by `exact` of it; of later ones that are next to each other
        and the same by `coarse`, only the last is listed. Each is there with the time until which
        it stays.
        """
        place = bisect_right(self._blocks, after, key=lambda block: block.times[-1])
        blocks = self._blocks[place:]
        if not blocks:
            return
        skipped = bisect_right(blocks[0].times, after)
        left = sum(block.total for block in blocks)
        left -= sum(self._amounts[time] for time in blocks[0].times[:skipped])
        look, seen = exact, exact(left)
        for block in blocks:
            is_inner = block is not blocks[0] and block is not blocks[-1]
            if is_inner and not block.negative and look(left - block.total) == seen:
                left -= block.total
                continue
            for time in islice(block.times, skipped, None):
                rest = left - self._amounts[time]
                if look(rest) != seen or (block is blocks[-1] and time == block.times[-1]):
                    yield left, time
                    look = coarse
                    seen = look(rest)
                left = rest
            skipped = 0

    def _find(self, time: int) -> int:
        """The first block that ends no earlier; behind all if there is none."""
        return bisect_left(self._blocks, time, key=lambda block: block.times[-1])

    def _change(self, block: _TimesBlock, time: int, amount: int) -> None:
        before = self._amounts[time]
        self._amounts[time] = before + amount
        block.total += amount
        block.negative += (before + amount < 0) - (before < 0)

    def _make_block(self, times: Sequence[int]) -> _TimesBlock:
        amounts = [self._amounts[time] for time in times]
        return _TimesBlock([*times], sum(amounts), sum(amount < 0 for amount in amounts))
