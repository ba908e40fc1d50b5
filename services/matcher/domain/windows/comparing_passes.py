"""Comparing passes: of rules that compare the window with the baseline before it."""

from bisect import bisect_left, insort
from collections import Counter, deque
from heapq import heappop, heappush
from itertools import count

from services.matcher.domain.windows.condition import count_key
from services.matcher.domain.windows.divergence import HAS_VALUE, Shares, has_diverged
from services.matcher.domain.windows.firing_pass import AskingPass
from services.matcher.domain.windows.key_counts import count_out
from services.matcher.domain.windows.rate import Rates, baseline_length, is_change
from services.matcher.domain.windows.state import Hit, WindowState, span
from services.matcher.domain.windows.window_rule import WindowRule


class _Keys:
    """The distinct keys of hits in an interval whose ends only move forward."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._hits: deque[tuple[int, str]] = deque()

    def add(self, at: int, key: str) -> None:
        self._hits.append((at, key))
        self.counts[key] += 1

    def remove_until(self, time: int) -> list[tuple[int, str]]:
        """Those removed."""
        removed = []
        while self._hits and self._hits[0][0] <= time:
            removed.append(self._hits.popleft())
        count_out(self.counts, (key for _at, key in removed))
        return removed


class RatePass(AskingPass):
    """Of a rule that compares how many hits begin in the window and in the baseline."""

    def __init__(self, rule: WindowRule, state: WindowState) -> None:
        self._rule, self._state, self._at = rule, state, 0
        self._window, self._baseline = _Keys(), _Keys()

    def count(self, hit: Hit) -> None:
        """As the base says."""
        self._window.add(hit.first, count_key(self._rule.count_by, hit))

    def ask(self, time: int) -> float | None:
        """As the base says."""
        self._at = time
        for at, key in self._window.remove_until(time - span(self._rule.timespan)):
            self._baseline.add(at, key)
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
        self._hits: list[tuple[int, int, Hit]] = []
        """As a heap, by when they leave it."""
        self._numbers = count()

    def add(self, hit: Hit) -> None:
        """A hit that may have left it already."""
        heappush(self._hits, (hit.last, next(self._numbers), hit))
        for values in self._find_lists(hit):
            values.add(count_key(self._rule.count_by, hit), hit)

    def remove_until(self, time: int) -> None:
        """Those that end by then."""
        while self._hits and self._hits[0][0] <= time:
            hit = heappop(self._hits)[-1]
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
        self._begun: deque[Hit] = deque()
        """Those that do not reach into the baseline yet."""

    def count(self, hit: Hit) -> None:
        """As the base says."""
        self._begun.append(hit)
        self._window.add(hit)

    def ask(self, time: int) -> float | None:
        """As the base says."""
        self._at, opened = time, time - span(self._rule.timespan)
        while self._begun and self._begun[0].first <= opened:
            self._baseline.add(self._begun.popleft())
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
