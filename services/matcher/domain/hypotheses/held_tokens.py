"""HeldTokens: what each token of a window adds to its value and when it leaves, hit by hit."""

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from schemas.rule import CorrelationType
from services.matcher.domain.hypotheses.leaving import LeavingTotals
from services.matcher.domain.windows.changed_hits import compare_hits
from services.matcher.domain.windows.condition import count_key, count_tokens
from services.matcher.domain.windows.ordered import Ordered
from services.matcher.domain.windows.state import NEVER, Hit
from services.matcher.domain.windows.totals import LEAST_IN_ONE, count_least
from services.matcher.domain.windows.window_rule import WindowRule

Steps = tuple[tuple[int, int], ...]
"""Amounts by which a value falls, each after the `last` of a hit."""


@dataclass(slots=True)
class HeldTokens:
    """The hits of a rule whose value grows by tokens, at a time; it goes along with its states.

    A token is what counts once: a key, a value, a base rule. A hit costs what it changes.
    """

    rule: WindowRule
    totals: LeavingTotals = field(default_factory=LeavingTotals)
    _hits: Ordered[Hit] = field(default_factory=Ordered)
    _clock: int = NEVER
    _begun: int = NEVER
    """When the last of those began that are counted."""
    _ahead: list[Hit] = field(default_factory=list)
    """Those that begin behind the clock, in order."""
    _held: dict[str, list[Hit]] = field(default_factory=dict)
    """Those of each token, that which decides on its value last."""
    _steps: dict[str, Steps] = field(default_factory=dict)

    @property
    def unit(self) -> int:
        """How much of a total is 1."""
        return LEAST_IN_ONE if self._is_sum else 1

    def follow(self, hits: Ordered[Hit], clock: int) -> None:
        """Go over to other hits, or another time: those that begin until then are counted."""
        if clock < self._begun:
            self._begin_anew()
        self._clock = clock
        changed = compare_hits(hits, self._hits, NEVER)
        self._hits = hits
        for hit in changed.removed:
            self._take_out(hit)
        for hit in changed.added:
            insort(self._ahead, hit, key=_find_beginning)
        begun = 0
        while begun < len(self._ahead) and self._ahead[begun].first <= clock:
            self._count(self._ahead[begun])
            begun += 1
        del self._ahead[:begun]

    def _begin_anew(self) -> None:
        self.totals, self._hits, self._begun = LeavingTotals(), Ordered(), NEVER
        self._ahead, self._held, self._steps = [], {}, {}

    @property
    def _is_sum(self) -> bool:
        return self.rule.type is CorrelationType.VALUE_SUM

    def _count(self, hit: Hit) -> None:
        self._begun = max(self._begun, hit.first)
        for token in self._list_tokens(hit):
            hits = self._held.setdefault(token, [])
            insort(hits, hit, key=self._order)
            self._measure(token, hits)

    def _take_out(self, hit: Hit) -> None:
        place = bisect_left(self._ahead, _find_beginning(hit), key=_find_beginning)
        if place < len(self._ahead) and self._ahead[place] is hit:
            del self._ahead[place]
            return
        for token in self._list_tokens(hit):
            hits = self._held[token]
            del hits[bisect_left(hits, self._order(hit), key=self._order)]
            self._measure(token, hits)
            if not hits:
                del self._held[token]

    def _list_tokens(self, hit: Hit) -> Sequence[str]:
        if self._is_sum:
            return (count_key(self.rule.count_by, hit),)
        return tuple(set(count_tokens(self.rule, hit)))

    def _order(self, hit: Hit) -> tuple[int, int, str, str]:
        last = 0 if self._is_sum else hit.last
        return (last, *hit.order)

    def _measure(self, token: str, hits: Sequence[Hit]) -> None:
        """Have the totals hold what the hits of a token add now."""
        before, after = self._steps.pop(token, ()), tuple(self._find_steps(hits))
        if after:
            self._steps[token] = after
        if before == after:
            return
        for last, amount in before:
            self.totals.remove(last, amount)
        for last, amount in after:
            self.totals.add(last, amount)

    def _find_steps(self, hits: Sequence[Hit]) -> Iterator[tuple[int, int]]:
        """How the value of a token falls: that of its latest hit, or 1, is left until it leaves.

        An event that is counted whole may leave before one that is not as late.
        """
        if not self._is_sum:
            yield from ((hit.last, 1) for hit in hits[-1:])
            return
        deciding, left = list[Hit](), NEVER
        for hit in reversed(hits if self.rule.certain else hits[-1:]):
            if hit.last > left:
                deciding.append(hit)
                left = hit.last
        numbers = [count_least(float(hit.values[0])) for hit in deciding]
        for hit, number, following in zip(deciding, numbers, (*numbers[1:], 0), strict=False):
            yield hit.last, number - following


def _find_beginning(hit: Hit) -> tuple[int, int, str, str]:
    return (hit.first, *hit.order)
