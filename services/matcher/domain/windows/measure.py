"""Measures: what a sliding window counts. Hits are added as they begin, removed as they leave."""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Collection, Sequence
from itertools import takewhile
from math import floor, inf
from typing import Protocol

from schemas.rule import Condition, CorrelationType
from services.matcher.domain.windows.cluster import SharedTerm, SharedTermInAnyOrder
from services.matcher.domain.windows.condition import count_key, count_tokens
from services.matcher.domain.windows.expression import Expression
from services.matcher.domain.windows.key_counts import count_out
from services.matcher.domain.windows.margins import NOTHING, Margins, Move, count_slack
from services.matcher.domain.windows.state import NEVER, Hit
from services.matcher.domain.windows.totals import TOTALS, Total
from services.matcher.domain.windows.window_rule import WindowRule

_FEW = 32
"""Tokens up to which margins count how many hits have each."""


class Measure(Protocol):
    """A value over the hits of one window; some may be counted in any order."""

    takes_any_order: bool

    def add(self, hit: Hit) -> None:
        """Count a hit that begins no earlier than those before."""
        ...

    def remove(self, hit: Hit) -> None:
        """Count out a hit, which none that is left began to count before."""
        ...

    def value(self, time: int, /) -> float | None:
        """The value at a time that no hit begins behind; None if no condition applies to them."""
        ...

    def find_margins(self, condition: Condition, largest: float, /) -> Margins:
        """What may come and go without a change of whether a condition holds."""
        ...

    def weigh(self, hit: Hit, condition: Condition, largest: float, /, *, alone: bool) -> Move:
        """What a hit takes of margins; `alone`: no other has its key."""
        ...


class Distinct:
    """The number of distinct tokens of the hits."""

    takes_any_order = True

    def __init__(self, rule: WindowRule) -> None:
        self._rule = rule
        self._counts: Counter[str] = Counter()

    def add(self, hit: Hit) -> None:
        """Count its tokens."""
        self._counts.update(count_tokens(self._rule, hit))

    def remove(self, hit: Hit) -> None:
        """Count out its tokens."""
        count_out(self._counts, count_tokens(self._rule, hit))

    def present(self) -> Collection[str]:
        """The tokens counted."""
        return self._counts.keys()

    def value(self, _time: int, /) -> float | None:
        """The number of distinct tokens."""
        return float(len(self._counts))

    def find_margins(self, condition: Condition, _largest: float, /) -> Margins:
        """As the protocol says; of few tokens, those counted several times stay for longer."""
        rising, falling = count_slack(condition, len(self._counts))[:2]
        if falling < len(self._counts) <= _FEW:
            falling = sum(sorted(self._counts.values())[: floor(falling) + 1]) - 1
        return Margins(rising, falling)

    def weigh(self, hit: Hit, _condition: Condition, _largest: float, /, **_key: bool) -> Move:
        """As the protocol says."""
        return Move(len(count_tokens(self._rule, hit)))


class ExpressionCount(Distinct):
    """The number of base rules that hit, while an expression over them holds."""

    def __init__(self, rule: WindowRule, expression: Expression) -> None:
        super().__init__(rule)
        self._expression = expression

    def value(self, time: int, /) -> float | None:
        """The number of base rules that hit; None if the expression does not hold."""
        return super().value(time) if self._expression.holds(self.present()) else None

    def find_margins(self, _condition: Condition, _largest: float, /) -> Margins:
        """As the protocol says: while the same base rules hit."""
        is_full = self._counts.keys() >= set(self._rule.bases)
        return Margins(inf if is_full else 0, min(self._counts.values(), default=0) - 1)


class LatestNumbers:
    """A total over one number a key: that of its latest hit, then of the greatest identity."""

    takes_any_order = True

    def __init__(self, rule: WindowRule, total: Total) -> None:
        self._count_by = rule.count_by
        self._total = total
        self._hits: dict[str, list[Hit]] = {}
        """Those of each key, in order."""
        self._counted: dict[str, float] = {}

    def add(self, hit: Hit) -> None:
        """If it is the latest of its key, its number becomes the key's."""
        key = count_key(self._count_by, hit)
        hits = self._hits.setdefault(key, [])
        insort(hits, hit, key=_order)
        self._recount(key, hits[-1])

    def remove(self, hit: Hit) -> None:
        """Its key has the number of the latest hit left, and goes with the last."""
        key = count_key(self._count_by, hit)
        hits = self._hits[key]
        del hits[bisect_left(hits, hit.order, key=_order)]
        if not hits:
            del self._hits[key]
        self._recount(key, hits[-1] if hits else None)

    def _recount(self, key: str, latest: Hit | None) -> None:
        """Count the number of a key's latest hit, instead of what was counted."""
        if key in self._counted:
            self._total.remove(self._counted.pop(key))
        if latest is not None:
            self._counted[key] = float(latest.values[0])
            self._total.add(self._counted[key])

    def value(self, _time: int, /) -> float | None:
        """The total of the numbers; None if there are none."""
        return self._total.value() if self._hits else None

    def find_margins(self, condition: Condition, largest: float, /) -> Margins:
        """As the protocol says."""
        return self._total.find_margins(condition, largest) if self._hits else NOTHING

    def weigh(self, hit: Hit, condition: Condition, largest: float, /, *, alone: bool) -> Move:
        """As the protocol says: one that is not alone may take the place of another number."""
        number = float(hit.values[0])
        if alone:
            return self._total.move(number, condition)
        weight = self._total.weigh(number, condition, largest)
        return Move(weight, weight)


class LatestOfAlerts(LatestNumbers):
    """The same over alerts: of those of a key that last, the greatest identity is the latest."""

    def __init__(self, rule: WindowRule, total: Total) -> None:
        super().__init__(rule, total)
        self._shared: dict[str, list[Hit]] = {}
        """The hits of keys that have several."""

    def value(self, time: int, /) -> float | None:
        """The total of the numbers; None if there are none."""
        for key, hits in self._shared.items():
            super()._recount(key, _find_latest(hits, time))
        return super().value(time)

    def _recount(self, key: str, latest: Hit | None) -> None:
        self._shared.pop(key, None)
        if len(self._hits.get(key, ())) > 1:
            self._shared[key] = self._hits[key]
        super()._recount(key, latest)


def _find_latest(hits: Sequence[Hit], time: int) -> Hit:
    lasting = takewhile(lambda hit: hit.at >= time, reversed(hits))
    return max(lasting, key=lambda hit: hit.key, default=hits[-1])


def _order(hit: Hit) -> tuple[int, str, str]:
    return hit.order


class OrderedCount:
    """How many of the base rules hit one after the other, in the order in which they are named.

    A hit comes before another if some time of it is not after it: equal times fit any order. For
    each base rule it keeps the latest time at which hits up to it in order can begin: so far the
    order is reached while that time lies in the window.
    """

    takes_any_order = False

    def __init__(self, rule: WindowRule) -> None:
        self._bases = rule.bases
        self._begins = [NEVER] * len(rule.bases)
        self._removed_until = self._at = NEVER
        self._at_once: dict[str, int] = {}
        """Until when an event of each base rule at the present time is in the window."""
        self._lasting: dict[str, int] = {}
        """How long alerts of each base rule last."""

    def add(self, hit: Hit) -> None:
        """Those of its base rule, and of what follows at the same time, may begin later now."""
        self._pass_to(hit.first)
        kept = self._lasting if hit.firings else self._at_once
        kept[hit.base] = max(kept.get(hit.base, NEVER), hit.last)
        self._begin()

    def remove(self, hit: Hit) -> None:
        """The window begins after it: hits are removed in the order in which they leave it."""
        self._removed_until = max(self._removed_until, hit.last)

    def value(self, time: int, /) -> float | None:
        """The number of base rules, from the first on, that hit in order."""
        self._pass_to(time)
        self._begin()
        return float(sum(begins > self._removed_until for begins in self._begins))

    @property
    def begins(self) -> Sequence[int]:
        """When the chain begins that begins last, of the first base rule, the first two, ..."""
        return self._begins

    def find_margins(self, _condition: Condition, _largest: float, /) -> Margins:
        """As the protocol says: any hit may be a step."""
        return NOTHING

    def weigh(self, _hit: Hit, _condition: Condition, _largest: float, /, **_key: bool) -> Move:
        """As the protocol says."""
        return Move(1)

    def _pass_to(self, time: int) -> None:
        """Go to a time, by the ends of alerts."""
        for end in sorted({end for end in self._lasting.values() if self._at < end < time}):
            self._go_to(end)
            self._begin()
        self._go_to(time)

    def _go_to(self, time: int) -> None:
        if time != self._at:
            self._at, self._at_once = time, {}

    def _begin(self) -> None:
        """Find the latest beginnings by what hits at the present time."""
        begins = self._at
        for place, base in enumerate(self._bases):
            reaches = self._reach(base)
            if reaches is not None:
                self._begins[place] = max(self._begins[place], min(begins, reaches))
            begins = self._begins[place]

    def _reach(self, base: str) -> int | None:
        """Until when a hit of the present time is in the window; None without one."""
        if self._lasting.get(base, NEVER) >= self._at:
            return self._at
        return self._at_once.get(base)


def make_measure(rule: WindowRule, *, any_order: bool = False) -> Measure:
    """The measure of `rule`, without hits; if `any_order`, one that knows margins where it can."""
    if rule.expression is not None:
        return ExpressionCount(rule, rule.expression)
    if rule.type is CorrelationType.TEMPORAL_ORDERED:
        return OrderedCount(rule)
    if rule.type is CorrelationType.SHARED_TERM:
        make_shared = SharedTermInAnyOrder if any_order or rule.counts_alerts else SharedTerm
        return make_shared(rule.similarity)
    total = None if rule.type is None else TOTALS.get(rule.type)
    if total is None:
        return Distinct(rule)
    make_latest = LatestOfAlerts if rule.counts_alerts else LatestNumbers
    return make_latest(rule, total(rule.condition))
