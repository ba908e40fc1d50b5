"""Passes: the firing times of a rule, by its type."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from heapq import heappop, heappush
from math import inf

from schemas.rule import CorrelationType
from services.matcher.domain.windows.comparing_passes import DivergencePass, RatePass
from services.matcher.domain.windows.condition import compile_condition
from services.matcher.domain.windows.firing_pass import AskingPass, FiringPass, Firings
from services.matcher.domain.windows.margins import UNLIMITED, Margins, Move
from services.matcher.domain.windows.measure import make_measure
from services.matcher.domain.windows.passing_hits import PassingHits
from services.matcher.domain.windows.state import Hit, WindowState, span
from services.matcher.domain.windows.window_rule import WindowRule


class CountingPass(AskingPass):
    """Of a rule whose condition is on a measure of one window."""

    def __init__(self, rule: WindowRule, _state: WindowState, *, any_order: bool = False) -> None:
        self._timespan = span(rule.timespan)
        self.measure = make_measure(rule, any_order=any_order)
        self._holds = compile_condition(rule.condition)
        self._condition = rule.condition
        self._window = PassingHits()

    def count(self, hit: Hit) -> None:
        """As the base says."""
        if self._window.add(hit.last, hit):
            self.measure.add(hit)

    def ask(self, time: int) -> float | None:
        """As the base says."""
        for hit in self._window.pass_to(time - self._timespan):
            self.measure.remove(hit)
        value = self.measure.value(time)
        return value if value is not None and self._holds(value) else None

    def find_margins(self, largest: float, *, fires: bool) -> Margins:  # noqa: ARG002
        """As the base says."""
        return self.measure.find_margins(self._condition, largest)

    def weigh(self, hit: Hit, largest: float, *, alone: bool) -> Move:
        """As the base says."""
        return self.measure.weigh(hit, self._condition, largest, alone=alone)

    def revise(self, added: Sequence[Hit], removed: Sequence[Hit]) -> bool:
        """As the base says."""
        if not self.measure.takes_any_order:
            return False
        for hit in removed:
            if self._window.take_out(hit.last, hit):
                self.measure.remove(hit)
        for hit in added:
            self.count(hit)
        return True


class NoveltyPass(AskingPass):
    """Of a rule that fires at a hit without others in the time before."""

    def __init__(self, rule: WindowRule, state: WindowState) -> None:
        self._history = span(rule.history)
        self._warm_from = None if state.since is None else state.since + span(rule.warmup)
        self._counted: list[Hit] = []
        """Those that may begin at the next time that is asked."""
        self._before: int | None = None
        self._recent: list[int] = []
        """When those before end, as a heap."""
        self._is_warm = False

    def count(self, hit: Hit) -> None:
        """As the base says."""
        self._pass_to(hit.first)
        self._counted.append(hit)

    def ask(self, time: int) -> float | None:
        """As the base says."""
        self._pass_to(time)
        while self._recent and self._recent[0] <= time - self._history:
            heappop(self._recent)
        self._is_warm = self._warm_from is not None and time >= self._warm_from
        if not self._is_warm:
            return None
        return 1.0 if self._before is None or self._before <= time - self._history else None

    def find_margins(self, _largest: float, *, fires: bool) -> Margins:
        """As the base says."""
        if not self._is_warm:
            return UNLIMITED
        return Margins(0, inf) if fires else Margins(inf, len(self._recent) - 1)

    def _pass_to(self, time: int) -> None:
        """Go to a time; what began before it, at one time, is before it."""
        if self._counted and self._counted[0].first < time:
            ends = [hit.last for hit in self._counted]
            for end in ends:
                heappush(self._recent, end)
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


_PASS_BY_TYPE: Mapping[CorrelationType, Callable[[WindowRule, WindowState], AskingPass]] = {
    CorrelationType.NEW_VALUE: NoveltyPass,
    CorrelationType.REVERSAL: NoveltyPass,
    CorrelationType.RATE_CHANGE: RatePass,
    CorrelationType.DIVERGENCE: DivergencePass,
}


def make_pass(rule: WindowRule, state: WindowState) -> FiringPass:
    """A pass without hits; of `state` it reads since when the rule watches."""
    if rule.type is CorrelationType.ABSENCE:
        return AbsencePass(rule, state)
    return make_asking_pass(rule, state)


def make_asking_pass(
    rule: WindowRule, state: WindowState, *, any_order: bool = False
) -> AskingPass:
    """The same of a rule that is no absence; if `any_order`, one that knows margins."""
    make = None if rule.type is None else _PASS_BY_TYPE.get(rule.type)
    return CountingPass(rule, state, any_order=any_order) if make is None else make(rule, state)
