"""PassingHits: hits until a time of each passes, some of which are taken out before."""

from collections import Counter
from heapq import heappop, heappush
from itertools import count

from services.matcher.domain.windows.key_counts import count_out
from services.matcher.domain.windows.state import NEVER, Hit


class PassingHits:
    """Hits, each until a time of its own; that which has `passed` only moves forward."""

    def __init__(self) -> None:
        self.passed = NEVER
        self._hits: list[tuple[int, int, Hit]] = []
        """As a heap."""
        self._numbers = count()
        self._gone: Counter[int] = Counter()
        """How often those in the heap were taken out, by `id`: they may come again."""

    def add(self, time: int, hit: Hit) -> bool:
        """Hold a hit until a time; False: that has passed."""
        if time <= self.passed:
            return False
        heappush(self._hits, (time, next(self._numbers), hit))
        return True

    def take_out(self, time: int, hit: Hit) -> bool:
        """Hold a hit no more that was added until a time; False: that has passed."""
        if time <= self.passed:
            return False
        self._gone[id(hit)] += 1
        return True

    def pass_to(self, time: int) -> list[Hit]:
        """Those whose time has passed now, in its order."""
        self.passed = max(self.passed, time)
        passed = []
        while self._hits and self._hits[0][0] <= time:
            hit = heappop(self._hits)[-1]
            if id(hit) in self._gone:
                count_out(self._gone, (id(hit),))
            else:
                passed.append(hit)
        return passed
