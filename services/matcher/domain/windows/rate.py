"""Rate change: more hits in the window than the baseline before it would lead one to expect."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp, lgamma, log

from services.matcher.domain.windows.absence import Firing
from services.matcher.domain.windows.condition import counted_by
from services.matcher.domain.windows.state import Hit, WindowState, span
from services.matcher.domain.windows.window import between
from services.matcher.domain.windows.window_rule import WindowRule


@dataclass(frozen=True, slots=True)
class Rates:
    """`n` hits in a window of `window` µs against `m` in a baseline of `baseline` µs."""

    n: int
    m: int
    window: int
    baseline: int

    @property
    def chance(self) -> float:
        """The probability of n or more, were the rate the same in both (exact, conditional)."""
        return binomial_tail(self.n, self.n + self.m, self.window / (self.window + self.baseline))


def rates(rule: WindowRule, state: WindowState) -> Iterator[Firing]:
    """Every time of a hit at which the rate has changed, with the number of hits in the window.

    One pass: window and baseline slide over the sorted hits, the one behind the other.
    """
    window, baseline = _Sliding(rule, state.hits), _Sliding(rule, state.hits)
    for at in dict.fromkeys(hit.at for hit in state.hits):
        opened, covered = at - span(rule.timespan), baseline_at(rule, state, at)
        if covered is None:
            continue
        n, m = window.between(opened, at), baseline.between(opened - covered, opened)
        if _changed(rule, Rates(n, m, span(rule.timespan), covered)):
            yield at, float(n)


class _Sliding:
    """How many different keys the hits of an interval have that only moves forward."""

    def __init__(self, rule: WindowRule, hits: Sequence[Hit]) -> None:
        self._keys = [(hit.at, counted_by(rule.count_by, hit)) for hit in hits]
        self._counts: Counter[str] = Counter()
        self._left = self._right = 0

    def between(self, after: int, until: int) -> int:
        """The number for `(after, until]`."""
        while self._right < len(self._keys) and self._keys[self._right][0] <= until:
            self._counts[self._keys[self._right][1]] += 1
            self._right += 1
        while self._left < self._right and self._keys[self._left][0] <= after:
            self._leave(self._keys[self._left][1])
            self._left += 1
        return len(self._counts)

    def _leave(self, key: str) -> None:
        self._counts[key] -= 1
        if not self._counts[key]:
            del self._counts[key]


def compared(rule: WindowRule, state: WindowState, at: int) -> Rates | None:
    """Window and baseline at `at`; None while too little history lies behind them.

    The baseline is `(t - T - B, t - T]`, B no more than since the rule began to watch.
    """
    covered = baseline_at(rule, state, at)
    if covered is None:
        return None
    opened = at - span(rule.timespan)
    return Rates(
        n=_counted(rule, between(state.hits, opened, at)),
        m=_counted(rule, between(state.hits, opened - covered, opened)),
        window=span(rule.timespan),
        baseline=covered,
    )


def baseline_at(rule: WindowRule, state: WindowState, at: int) -> int | None:
    """How long the baseline before `W(at)` really is; None where it says too little."""
    if state.since is None:
        return None
    covered = min(span(rule.baseline), at - span(rule.timespan) - state.since)
    return covered if covered > 0 and covered >= span(rule.min_baseline) else None


def _counted(rule: WindowRule, hits: Sequence[Hit]) -> int:
    return len({counted_by(rule.count_by, hit) for hit in hits})


def _changed(rule: WindowRule, told: Rates) -> bool:
    asked = rule.condition
    ratio, floor = asked.ratio or 0, asked.floor or 1
    if told.n < floor or told.n * told.baseline < ratio * told.m * told.window:
        return False
    return asked.significance is None or told.chance <= asked.significance


def binomial_tail(least: int, tries: int, chance: float) -> float:
    """P[Bin(tries, chance) >= least], summed from the far end, where the terms are smallest."""
    if least <= 0:
        return 1.0
    terms = (_log_binomial(k, tries, chance) for k in range(tries, least - 1, -1))
    return min(1.0, sum(exp(term) for term in terms))


def _log_binomial(k: int, tries: int, chance: float) -> float:
    choose = lgamma(tries + 1) - lgamma(k + 1) - lgamma(tries - k + 1)
    return choose + k * log(chance) + (tries - k) * log(1 - chance)
