"""Rate change: more hits in the window than the rate of the baseline before it predicts."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp, lgamma, log

from services.matcher.domain.windows.absence import Firing
from services.matcher.domain.windows.condition import count_key
from services.matcher.domain.windows.key_counts import count_out
from services.matcher.domain.windows.state import Hit, WindowState, span
from services.matcher.domain.windows.window import hits_between, list_times
from services.matcher.domain.windows.window_rule import WindowRule

_NEGLIGIBLE = 1e-18


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


def find_rate_changes(rule: WindowRule, state: WindowState) -> Iterator[Firing]:
    """Every time of a hit at which the rate has changed, with the number of hits in the window.

    One pass: window and baseline slide over the sorted hits. The alert of a base rule counts where
    it begins.
    """
    window, baseline = _SlidingCount(rule, state.hits), _SlidingCount(rule, state.hits)
    for at in list_times(state.hits):
        opened, length = at - span(rule.timespan), baseline_length(rule, state, at)
        if length is None:
            continue
        n, m = window.count(opened, at), baseline.count(opened - length, opened)
        if is_change(rule, Rates(n, m, span(rule.timespan), length)):
            yield at, float(n)


class _SlidingCount:
    """Distinct keys of the hits in an interval; both its ends only move forward."""

    def __init__(self, rule: WindowRule, hits: Sequence[Hit]) -> None:
        self._keys = sorted((hit.first, count_key(rule.count_by, hit)) for hit in hits)
        self._counts: Counter[str] = Counter()
        self._left = self._right = 0

    def count(self, after: int, until: int) -> int:
        """The number in `(after, until]`."""
        while self._right < len(self._keys) and self._keys[self._right][0] <= until:
            self._counts[self._keys[self._right][1]] += 1
            self._right += 1
        while self._left < self._right and self._keys[self._left][0] <= after:
            count_out(self._counts, (self._keys[self._left][1],))
            self._left += 1
        return len(self._counts)


def compare_rates(rule: WindowRule, state: WindowState, at: int) -> Rates | None:
    """Window and baseline at `at`; None while the baseline is too short.

    The baseline is `(t - T - B, t - T]`: T the timespan, B its length at that time.
    """
    length = baseline_length(rule, state, at)
    if length is None:
        return None
    opened = at - span(rule.timespan)
    return Rates(
        n=_count_keys(rule, _hits_beginning(rule, state, opened, at)),
        m=_count_keys(rule, _hits_beginning(rule, state, opened - length, opened)),
        window=span(rule.timespan),
        baseline=length,
    )


def _hits_beginning(rule: WindowRule, state: WindowState, after: int, until: int) -> Sequence[Hit]:
    if not rule.counts_alerts:
        return hits_between(state.hits, after, until)
    return [hit for hit in state.hits if after < hit.first <= until]


def find_counted(rule: WindowRule, hits: Sequence[Hit], firings: Sequence[int]) -> tuple[Hit, ...]:
    """The hits that begin in a window that fired; `firings` are sorted."""
    timespan = span(rule.timespan)

    def is_counted(hit: Hit) -> bool:
        following = bisect_left(firings, hit.first)
        return following < len(firings) and firings[following] < hit.first + timespan

    return tuple(filter(is_counted, hits))


def baseline_length(rule: WindowRule, state: WindowState, at: int) -> int | None:
    """The length of the baseline before `W(at)`, in microseconds; None below `min_baseline`.

    It begins no earlier than the rule began to watch.
    """
    if state.since is None:
        return None
    length = min(span(rule.baseline), at - span(rule.timespan) - state.since)
    return length if length > 0 and length >= span(rule.min_baseline) else None


def _count_keys(rule: WindowRule, hits: Sequence[Hit]) -> int:
    return len({count_key(rule.count_by, hit) for hit in hits})


def is_change(rule: WindowRule, rates: Rates) -> bool:
    """Whether the rates differ as much as the condition asks."""
    condition = rule.condition
    ratio, floor = condition.ratio or 0, condition.floor or 1
    if rates.n < floor or rates.n * rates.baseline < ratio * rates.m * rates.window:
        return False
    return condition.significance is None or rates.chance <= condition.significance


def binomial_tail(least: int, tries: int, chance: float) -> float:
    """P[Bin(tries, chance) >= least]: of terms that shrink, those that add to it."""
    if least <= 0:
        return 1.0
    if least <= tries * chance:
        return 1.0 - _sum_terms(tries - least + 1, tries, 1 - chance)
    return _sum_terms(least, tries, chance)


def _sum_terms(least: int, tries: int, chance: float) -> float:
    """P[Bin(tries, chance) >= least], for a `least` above the mean."""
    if least > tries:
        return 0.0
    total, term = 0.0, exp(_log_binomial(least, tries, chance))
    for k in range(least, tries + 1):
        total += term
        term *= (tries - k) / (k + 1) * chance / (1 - chance)
        if term <= total * _NEGLIGIBLE:
            break
    return min(1.0, total)


def _log_binomial(k: int, tries: int, chance: float) -> float:
    choose = lgamma(tries + 1) - lgamma(k + 1) - lgamma(tries - k + 1)
    return choose + k * log(chance) + (tries - k) * log(1 - chance)
