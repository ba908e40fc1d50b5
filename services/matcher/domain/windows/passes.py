"""Passes: whether a rule fires at the time of the last hit, by a pass that goes on with later ones.

A pass keeps what it counts of the hits that it still looks back at, so another hit costs what it
changes. It finds the same times as `find_firings`; tests hold that.
"""

from abc import ABC, abstractmethod
from bisect import bisect_left, bisect_right
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from schemas.rule import CorrelationType
from services.matcher.domain.windows.condition import compile_condition, count_key
from services.matcher.domain.windows.divergence import HAS_VALUE, Shares, has_diverged
from services.matcher.domain.windows.key_counts import count_out
from services.matcher.domain.windows.measure import make_measure
from services.matcher.domain.windows.rate import Rates, baseline_length, is_change
from services.matcher.domain.windows.state import Hit, WindowState, span
from services.matcher.domain.windows.window_rule import WindowRule


@dataclass(slots=True)
class Firings:
    """Firing times, in order, with the values counted there."""

    times: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)

    def set_last(self, time: int, value: float | None) -> None:
        """The value at a time that none is behind; None if the rule does not fire there."""
        if self.times and self.times[-1] == time:
            self.drop_last()
        if value is not None:
            self.times.append(time)
            self.values.append(value)

    def drop_last(self) -> None:
        """Without the last time."""
        self.times.pop()
        self.values.pop()

    def put(self, other: "Firings", first: int, last: int) -> None:
        """With the times from `first` to `last` as the other has them."""
        there = slice(bisect_left(other.times, first), bisect_right(other.times, last))
        here = slice(bisect_left(self.times, first), bisect_right(self.times, last))
        self.times[here] = other.times[there]
        self.values[here] = other.values[there]


class FiringPass(Protocol):
    """Hits in order, and the times at which a rule fires for them."""

    def add(self, hit: Hit, firings: Firings) -> None:
        """Bring the firing times up to date with a hit that sorts behind those before."""
        ...


class _AskingPass(ABC):
    """A pass that asks at the time of each hit."""

    def add(self, hit: Hit, firings: Firings) -> None:
        """As the protocol says."""
        self.count(hit)
        firings.set_last(hit.at, self.ask())

    @abstractmethod
    def count(self, hit: Hit) -> None:
        """Count the hit, and no more what the window at its time is behind."""

    @abstractmethod
    def ask(self) -> float | None:
        """The value counted at the time of the last hit; None if the rule does not fire there."""


class CountingPass(_AskingPass):
    """Of a rule whose condition is on a measure of one window."""

    def __init__(self, rule: WindowRule, _state: WindowState) -> None:
        self._timespan = span(rule.timespan)
        self.measure = make_measure(rule)
        self._holds = compile_condition(rule.condition)
        self._window: deque[Hit] = deque()

    def count(self, hit: Hit) -> None:
        """As the base says."""
        self._window.append(hit)
        self.measure.add(hit)
        while self._window[0].at <= hit.at - self._timespan:
            self.measure.remove_oldest(self._window.popleft())

    def ask(self) -> float | None:
        """As the base says."""
        value = self.measure.value()
        return value if value is not None and self._holds(value) else None


class NoveltyPass(_AskingPass):
    """Of a rule that fires at a hit without others in the time before."""

    def __init__(self, rule: WindowRule, state: WindowState) -> None:
        self._history = span(rule.history)
        self._warm_from = None if state.since is None else state.since + span(rule.warmup)
        self._at: int | None = None
        self._before: int | None = None

    def count(self, hit: Hit) -> None:
        """As the base says."""
        if hit.at != self._at:
            self._before, self._at = self._at, hit.at

    def ask(self) -> float | None:
        """As the base says."""
        at, before = self._at, self._before
        if at is None or self._warm_from is None or at < self._warm_from:
            return None
        return 1.0 if before is None or before <= at - self._history else None


class _Keys:
    """The distinct keys of hits in an interval whose ends only move forward."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.hits: deque[tuple[int, str]] = deque()

    def add(self, at: int, key: str) -> None:
        self.hits.append((at, key))
        self.counts[key] += 1

    def remove_until(self, time: int) -> list[tuple[int, str]]:
        """Those removed."""
        removed = []
        while self.hits and self.hits[0][0] <= time:
            removed.append(self.hits.popleft())
        count_out(self.counts, (key for _at, key in removed))
        return removed


class RatePass(_AskingPass):
    """Of a rule that compares the window with the baseline before it."""

    def __init__(self, rule: WindowRule, state: WindowState) -> None:
        self._rule, self._state, self._at = rule, state, 0
        self._window, self._baseline = _Keys(), _Keys()

    def count(self, hit: Hit) -> None:
        """As the base says."""
        self._at = hit.at
        self._window.add(hit.at, count_key(self._rule.count_by, hit))
        for at, key in self._window.remove_until(hit.at - span(self._rule.timespan)):
            self._baseline.add(at, key)
        self._baseline.remove_until(hit.at - span(self._rule.timespan + self._rule.baseline))

    def ask(self) -> float | None:
        """As the base says."""
        rates = self.compare()
        is_changed = rates is not None and is_change(self._rule, rates)
        return float(rates.n) if rates is not None and is_changed else None

    def compare(self) -> Rates | None:
        """Window and baseline at the time of the last hit; None while the baseline is too short."""
        length, timespan = baseline_length(self._rule, self._state, self._at), self._rule.timespan
        if length is None:
            return None
        self._baseline.remove_until(self._at - span(timespan) - length)
        n, m = len(self._window.counts), len(self._baseline.counts)
        return Rates(n, m, span(timespan), length)


class _LatestValues:
    """Of each key in an interval, whether its latest hit has the value."""

    def __init__(self) -> None:
        self.keys = _Keys()
        self._has: dict[str, bool] = {}
        self._total = 0

    def add(self, at: int, key: str, *, has_value: bool) -> None:
        self.keys.add(at, key)
        self._total += has_value - self._has.get(key, False)
        self._has[key] = has_value

    def remove_until(self, time: int) -> None:
        for _at, key in self.keys.remove_until(time):
            if key not in self.keys.counts:
                self._total -= self._has.pop(key, False)

    @property
    def size(self) -> int:
        return len(self._has)

    @property
    def share(self) -> float:
        return self._total / len(self._has) if self._has else 0.0


class _SharesPass:
    """The shares in two lists in an interval."""

    def __init__(self, rule: WindowRule) -> None:
        self._rule = rule
        self._lists = tuple((name, _LatestValues()) for name in rule.between)

    def add(self, hit: Hit) -> None:
        key = count_key(self._rule.count_by, hit)
        for name, values in self._lists:
            if name in hit.by:
                values.add(hit.at, key, has_value=HAS_VALUE in hit.values)

    def remove_until(self, time: int) -> None:
        for _name, values in self._lists:
            values.remove_until(time)

    def shares(self) -> Shares:
        (_, first), (_, second) = self._lists
        return Shares(first.share, second.share, min(first.size, second.size))


class DivergencePass(_AskingPass):
    """Of a rule that compares the shares in the window with those in the baseline before it."""

    def __init__(self, rule: WindowRule, state: WindowState) -> None:
        self._rule, self._state, self._at = rule, state, 0
        self._window, self._baseline = _SharesPass(rule), _SharesPass(rule)
        self._hits: deque[Hit] = deque()

    def count(self, hit: Hit) -> None:
        """As the base says."""
        self._at, opened = hit.at, hit.at - span(self._rule.timespan)
        self._hits.append(hit)
        self._window.add(hit)
        while self._hits[0].at <= opened:
            self._baseline.add(self._hits.popleft())
        self._window.remove_until(opened)
        self._baseline.remove_until(opened - span(self._rule.baseline))

    def ask(self) -> float | None:
        """As the base says."""
        compared = self.compare()
        is_apart = compared is not None and has_diverged(self._rule, *compared)
        return compared[0].distance if compared is not None and is_apart else None

    def compare(self) -> tuple[Shares, Shares] | None:
        """Window and baseline at the time of the last hit; None while the baseline is too short."""
        length = baseline_length(self._rule, self._state, self._at)
        if length is None:
            return None
        self._baseline.remove_until(self._at - span(self._rule.timespan) - length)
        return self._window.shares(), self._baseline.shares()


class AbsencePass:
    """Of an absence: the times at which an answer is overdue, whatever the clock."""

    def __init__(self, rule: WindowRule, _state: WindowState) -> None:
        self._timespan = span(rule.timespan)
        self._asks, self._answers = rule.bases[0], rule.bases[-1]
        self._is_pair = len(rule.bases) > 1
        self._answered: int | None = None

    def add(self, hit: Hit, firings: Firings) -> None:
        """As the protocol says."""
        if hit.base == self._answers:
            self._answer(hit.at, firings)
        if hit.base == self._asks and not (self._is_pair and self._answered == hit.at):
            firings.set_last(hit.at + self._timespan, 0.0)

    def _answer(self, at: int, firings: Firings) -> None:
        """Answer what was asked at most the timespan before; a pair's also at the same time."""
        self._answered = at
        newest = at + self._timespan - (not self._is_pair)
        while firings.times and at <= firings.times[-1] <= newest:
            firings.drop_last()


_PASS_BY_TYPE: Mapping[CorrelationType, Callable[[WindowRule, WindowState], FiringPass]] = {
    CorrelationType.ABSENCE: AbsencePass,
    CorrelationType.NEW_VALUE: NoveltyPass,
    CorrelationType.REVERSAL: NoveltyPass,
    CorrelationType.RATE_CHANGE: RatePass,
    CorrelationType.DIVERGENCE: DivergencePass,
}


def make_pass(rule: WindowRule, state: WindowState) -> FiringPass:
    """A pass without hits; of `state` it reads since when the rule watches."""
    make = None if rule.type is None else _PASS_BY_TYPE.get(rule.type)
    return CountingPass(rule, state) if make is None else make(rule, state)
