"""Steps: base rules that hit one after the other, and the evidence of that."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

from services.matcher.domain.windows.state import NEVER, Hit, span
from services.matcher.domain.windows.window_rule import WindowRule


def follow_steps(bases: Iterable[str], hits: Iterable[Hit]) -> Sequence[int]:
    """The earliest times at which the bases hit one after the other, as far as they do.

    A hit comes before another if some time of it is not after it: equal times fit any order.
    """
    by_base: dict[str, list[Hit]] = {}
    for hit in hits:
        by_base.setdefault(hit.base, []).append(hit)
    steps: list[int] = []
    for base in bases:
        since = steps[-1] if steps else NEVER
        times = [max(hit.first, since) for hit in by_base.get(base, ()) if hit.at >= since]
        if not times:
            break
        steps.append(min(times))
    return steps


def find_ordered_evidence(
    rule: WindowRule, hits: Sequence[Hit], firings: Sequence[int]
) -> tuple[Hit, ...]:
    """Every hit in a window that fired, from its first step on; `firings` are sorted."""
    timespan, begin = span(rule.timespan), _FirstSteps(rule, hits)

    def is_evidence(hit: Hit) -> bool:
        following = bisect_left(firings, hit.first)
        if following == len(firings) or firings[following] >= hit.last + timespan:
            return False
        # of the windows that hold the hit, the first one has the earliest first step
        return hit.at >= begin.find(firings[following])

    return tuple(filter(is_evidence, hits))


class _FirstSteps:
    """When the first base rule hit, by window."""

    def __init__(self, rule: WindowRule, hits: Iterable[Hit]) -> None:
        self._timespan = span(rule.timespan)
        steps = sorted((hit.last, hit.first) for hit in hits if hit.base == rule.bases[0])
        self._ends = [last for last, _first in steps]
        self._earliest = [*accumulate((first for _last, first in reversed(steps)), min)][::-1]

    def find(self, t: int) -> int:
        """Its first time in `W(t)`, or the beginning of the window if there is none."""
        opened = t - self._timespan
        position = bisect_right(self._ends, opened)
        if position == len(self._ends) or self._earliest[position] > t:
            return opened
        return max(self._earliest[position], opened + 1)
