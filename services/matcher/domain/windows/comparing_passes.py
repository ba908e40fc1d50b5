"""Comparing passes: of rules that compare the window with the baseline before it."""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from math import inf

from services.matcher.domain.windows.condition import count_key
from services.matcher.domain.windows.divergence import HAS_VALUE, Shares, has_diverged
from services.matcher.domain.windows.firing_pass import AskingPass
from services.matcher.domain.windows.key_counts import count_out
from services.matcher.domain.windows.margins import UNLIMITED, Margins, number_margins
from services.matcher.domain.windows.passing_hits import PassingHits
from services.matcher.domain.windows.rate import Rates, baseline_length, is_change
from services.matcher.domain.windows.state import Hit, WindowState, span
from services.matcher.domain.windows.window_rule import WindowRule

_ROUNDING = 1e-6


class _Keys:
    """The distinct keys of hits in an interval whose ends only move forward."""

    def __init__(self, count_by: str) -> None:
        self.counts: Counter[str] = Counter()
        self._count_by = count_by
        self._hits = PassingHits()

    def add(self, hit: Hit) -> bool:
        """Count a hit; False: it has left the interval."""
        is_inside = self._hits.add(hit.first, hit)
        if is_inside:
            self.counts[count_key(self._count_by, hit)] += 1
        return is_inside

    def count_out(self, hit: Hit) -> bool:
        """Count a hit no more; False: it has left the interval."""
        is_inside = self._hits.take_out(hit.first, hit)
        if is_inside:
            count_out(self.counts, (count_key(self._count_by, hit),))
        return is_inside

    def remove_until(self, time: int) -> list[Hit]:
        """Those removed."""
        removed = self._hits.pass_to(time)
        count_out(self.counts, (count_key(self._count_by, hit) for hit in removed))
        return removed


class RatePass(AskingPass):
    """Of a rule that compares how many hits begin in the window and in the baseline."""

    def __init__(self, rule: WindowRule, state: WindowState) -> None:
        self._rule, self._state, self._at = rule, state, 0
        self._window, self._baseline = _Keys(rule.count_by), _Keys(rule.count_by)
        self._least = _MOST_CHANGES

    def count(self, hit: Hit) -> None:
        """As the base says."""
        self._window.add(hit)

    def ask(self, time: int) -> float | None:
        """As the base says."""
        self._at = time
        for hit in self._window.remove_until(time - span(self._rule.timespan)):
            self._baseline.add(hit)
        self._baseline.remove_until(time - span(self._rule.timespan + self._rule.baseline))
        rates = self.compare()
        is_changed = rates is not None and is_change(self._rule, rates)
        return float(rates.n) if rates is not None and is_changed else None

    def compare(self) -> Rates | None:
        """Window and baseline at the last time asked; None while the baseline is too short."""
        length, timespan = baseline_length(self._rule, self._state, self._at), self._rule.timespan
        if length is None:
            return None
        self._baseline.remove_until(self._at - span(timespan) - length)
        n, m = len(self._window.counts), len(self._baseline.counts)
        return Rates(n, m, span(timespan), length)

    def find_margins(self, _largest: float, *, fires: bool) -> Margins:
        """As the base says: a hit counts in the window or in the baseline."""
        rates = self.compare()
        if rates is None:
            return UNLIMITED
        self._least = min(max(1, 2 * self._least), rates.n + rates.m)
        while self._least and not self._stays(rates, self._least, fires=fires):
            self._least //= 2
        return number_margins([self._least])

    def _stays(self, rates: Rates, changes: int, *, fires: bool) -> bool:
        """Whether the rule goes on to fire, or not to, whatever that many hits change."""
        n, m = (-changes, changes) if fires else (changes, -changes)
        changed = replace(rates, n=max(rates.n + n, 0), m=max(rates.m + m, 0))
        return is_change(self._rule, changed) is fires

    def revise(self, added: Sequence[Hit], removed: Sequence[Hit]) -> bool:
        """As the base says."""
        for hit in removed:
            if not self._window.count_out(hit):
                self._baseline.count_out(hit)
        for hit in added:
            if not self._window.add(hit):
                self._baseline.add(hit)
        return True


_MOST_CHANGES = 2**20
"""More than a window has hits."""


class _LatestValues:
    """Of each key of hits that come and go, whether its latest hit has the value."""

    def __init__(self) -> None:
        self._hits: dict[str, list[Hit]] = {}
        self._total = 0

    def add(self, key: str, hit: Hit) -> None:
        hits = self._hits.setdefault(key, [])
        self._total -= _has_value(hits)
        insort(hits, hit, key=lambda hit: hit.order)
        self._total += _has_value(hits)

    def remove(self, key: str, hit: Hit) -> None:
        hits = self._hits[key]
        self._total -= _has_value(hits)
        del hits[bisect_left(hits, hit.order, key=lambda hit: hit.order)]
        self._total += _has_value(hits)
        if not hits:
            del self._hits[key]

    @property
    def size(self) -> int:
        return len(self._hits)

    @property
    def share(self) -> float:
        return self._total / len(self._hits) if self._hits else 0.0


def _has_value(hits: list[Hit]) -> bool:
    return bool(hits) and HAS_VALUE in hits[-1].values


class _IntervalShares:
    """The shares in two lists of the hits in an interval whose ends only move forward."""

    def __init__(self, rule: WindowRule) -> None:
        self._rule = rule
        self._lists = {name: _LatestValues() for name in rule.between}
        self._hits = PassingHits()

    def add(self, hit: Hit) -> None:
        """A hit that may have left it already."""
        if self._hits.add(hit.last, hit):
            for values in self._find_lists(hit):
                values.add(count_key(self._rule.count_by, hit), hit)

    def remove_until(self, time: int) -> None:
        """Those that end by then."""
        for hit in self._hits.pass_to(time):
            self._remove(hit)

    def count_out(self, hit: Hit) -> None:
        """One that may have left it already."""
        if self._hits.take_out(hit.last, hit):
            self._remove(hit)

    def _remove(self, hit: Hit) -> None:
        for values in self._find_lists(hit):
            values.remove(count_key(self._rule.count_by, hit), hit)

    def _find_lists(self, hit: Hit) -> list[_LatestValues]:
        return [values for name, values in self._lists.items() if name in hit.by]

    def shares(self) -> Shares:
        first, second = (self._lists[name] for name in self._rule.between)
        return Shares(first.share, second.share, min(first.size, second.size))


class DivergencePass(AskingPass):
    """Of a rule that compares the shares in the window with those in the baseline."""

    def __init__(self, rule: WindowRule, state: WindowState) -> None:
        self._rule, self._state, self._at = rule, state, 0
        self._window, self._baseline = _IntervalShares(rule), _IntervalShares(rule)
        self._begun = PassingHits()
        """Those that do not reach into the baseline yet."""

    def count(self, hit: Hit) -> None:
        """As the base says."""
        self._begun.add(hit.first, hit)
        self._window.add(hit)

    def ask(self, time: int) -> float | None:
        """As the base says."""
        self._at, opened = time, time - span(self._rule.timespan)
        for hit in self._begun.pass_to(opened):
            self._baseline.add(hit)
        self._window.remove_until(opened)
        self._baseline.remove_until(opened - span(self._rule.baseline))
        compared = self.compare()
        is_apart = compared is not None and has_diverged(self._rule, *compared)
        return compared[0].distance if compared is not None and is_apart else None

    def compare(self) -> tuple[Shares, Shares] | None:
        """Window and baseline at the last time asked; None while the baseline is too short."""
        length = baseline_length(self._rule, self._state, self._at)
        if length is None:
            return None
        self._baseline.remove_until(self._at - span(self._rule.timespan) - length)
        return self._window.shares(), self._baseline.shares()

    def find_margins(self, _largest: float, *, fires: bool) -> Margins:
        """As the base says: a hit moves each share by its part of the list at most."""
        compared = self.compare()
        if compared is None:
            return UNLIMITED
        now, before = compared
        floor, least = self._rule.condition.floor or 1, min(now.least, before.least)
        if least < floor:
            # the baseline lacks what may be added there alone; nothing that goes makes it enough
            is_of_past = before.least == least
            free_behind = self._begun.passed if is_of_past else inf
            return Margins(floor - 1 - least, inf, free_behind=free_behind)
        gap = abs(now.distance - before.distance - (self._rule.condition.by or 0))
        changes = gap / (2 / now.least + 2 / before.least) - _ROUNDING
        return number_margins([changes, least - floor if fires else inf])

    def revise(self, added: Sequence[Hit], removed: Sequence[Hit]) -> bool:
        """As the base says."""
        for hit in removed:
            self._window.count_out(hit)
            if not self._begun.take_out(hit.first, hit):
                self._baseline.count_out(hit)
        for hit in added:
            self._window.add(hit)
            if not self._begun.add(hit.first, hit):
                self._baseline.add(hit)
        return True
