"""Passes: the firing times of a rule, by its type."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from heapq import heappop, heappush
from itertools import count

from schemas.rule import CorrelationType
from services.matcher.domain.windows.comparing_passes import DivergencePass, RatePass
from services.matcher.domain.windows.condition import compile_condition
from services.matcher.domain.windows.firing_pass import AskingPass, FiringPass, Firings
from services.matcher.domain.windows.measure import make_measure
from services.matcher.domain.windows.state import Hit, WindowState, span
from services.matcher.domain.windows.window_rule import WindowRule


class CountingPass(AskingPass):
    """Of a rule whose condition is on a measure of one window."""

    def __init__(self, rule: WindowRule, _state: WindowState) -> None:
        self._timespan = span(rule.timespan)
        self.measure = make_measure(rule)
        self._holds = compile_condition(rule.condition)
        self._window: list[tuple[int, int, Hit]] = []
        """Its hits as a heap, by when they leave it."""
        self._numbers = count()

    def count(self, hit: Hit) -> None:
        """As the base says."""
        self.measure.add(hit)
        heappush(self._window, (hit.last, next(self._numbers), hit))

    def ask(self, time: int) -> float | None:
        """As the base says."""
        while self._window and self._window[0][0] <= time - self._timespan:
            self.measure.remove(heappop(self._window)[-1])
        value = self.measure.value(time)
        return value if value is not None and self._holds(value) else None


class NoveltyPass(AskingPass):
    """Of a rule that fires at a hit without others in the time before."""

    def __init__(self, rule: WindowRule, state: WindowState) -> None:
        self._history = span(rule.history)
        self._warm_from = None if state.since is None else state.since + span(rule.warmup)
        self._counted: list[Hit] = []
        """Those that may begin at the next time that is asked."""
        self._before: int | None = None

    def count(self, hit: Hit) -> None:
        """As the base says."""
        self._pass_to(hit.first)
        self._counted.append(hit)

    def ask(self, time: int) -> float | None:
        """As the base says."""
        self._pass_to(time)
        if self._warm_from is None or time < self._warm_from:
            return None
        return 1.0 if self._before is None or self._before <= time - self._history else None

    def _pass_to(self, time: int) -> None:
        """Go to a time; what began before it, at one time, is before it."""
        if self._counted and self._counted[0].first < time:
            ends = [hit.last for hit in self._counted]
            self._before = max(ends if self._before is None else (self._before, *ends))
            self._counted = []


class AbsencePass:
    """Of an absence: the times at which an answer is overdue, whatever the clock."""

    def __init__(self, rule: WindowRule, _state: WindowState) -> None:
        self._timespan = span(rule.timespan)
        self._asks, self._answers = rule.bases[0], rule.bases[-1]
        self._is_pair = len(rule.bases) > 1
        self._answered: int | None = None

    def extend(self, hits: Iterable[Hit], _times: Sequence[int], firings: Firings) -> None:
        """As the protocol says; a hit may begin before those that were counted."""
        for hit in hits:
            if hit.base == self._answers:
                self._answer(hit, firings)
            if hit.base == self._asks and not (self._is_pair and self._answered == hit.at):
                firings.set_last(hit.at + self._timespan, 0.0)

    def _answer(self, hit: Hit, firings: Firings) -> None:
        """Answer what was asked at most the timespan before; a pair's also at the same time."""
        self._answered = hit.at
        firings.drop(hit.first, hit.at + self._timespan - (not self._is_pair))


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
