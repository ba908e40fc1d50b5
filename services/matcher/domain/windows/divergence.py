"""Divergence: the shares of a value in two lists lie further apart than in the baseline."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.matcher.domain.windows.absence import Firing
from services.matcher.domain.windows.condition import count_key
from services.matcher.domain.windows.rate import baseline_length
from services.matcher.domain.windows.state import Hit, WindowState, span
from services.matcher.domain.windows.window import hits_overlapping, list_times
from services.matcher.domain.windows.window_rule import WindowRule

HAS_VALUE = "1"
"""The value of a hit that has the compared value."""
LACKS_VALUE = "0"


@dataclass(frozen=True, slots=True)
class Shares:
    """The share of the value in each of two lists, 0 to 1; `least` keys are in the smaller one."""

    first: float
    second: float
    least: int

    @property
    def distance(self) -> float:
        """The difference between them, without its sign."""
        return abs(self.first - self.second)


def find_divergences(rule: WindowRule, state: WindowState) -> Iterator[Firing]:
    """Every time of a hit at which the shares have moved apart, with their distance.

    Each list must have `floor` hits (default 1), in the window and in the baseline.
    """
    for at in list_times(state.hits):
        compared = compare_shares(rule, state, at)
        if compared is None:
            continue
        now, before = compared
        if has_diverged(rule, now, before):
            yield at, now.distance


def has_diverged(rule: WindowRule, now: Shares, before: Shares) -> bool:
    """Whether the shares in the window lie further apart than before, each list with enough."""
    is_enough = min(now.least, before.least) >= (rule.condition.floor or 1)
    return is_enough and now.distance - before.distance >= (rule.condition.by or 0)


def compare_shares(rule: WindowRule, state: WindowState, at: int) -> tuple[Shares, Shares] | None:
    """The shares in the window and in the baseline; None while either has too few hits."""
    length = baseline_length(rule, state, at)
    if length is None:
        return None
    opened = at - span(rule.timespan)
    now = _count_shares(rule, hits_overlapping(rule, state.hits, opened, at))
    before = _count_shares(rule, hits_overlapping(rule, state.hits, opened - length, opened))
    floor = rule.condition.floor or 1
    return (now, before) if min(now.least, before.least) >= floor else None


def _count_shares(rule: WindowRule, hits: Sequence[Hit]) -> Shares:
    first, second = (_latest_by_key(rule, hits, name) for name in rule.between)
    return Shares(_share(first), _share(second), min(len(first), len(second)))


def _latest_by_key(rule: WindowRule, hits: Sequence[Hit], name: str) -> Sequence[Hit]:
    latest = {count_key(rule.count_by, hit): hit for hit in hits if name in hit.by}
    return tuple(latest.values())


def _share(hits: Sequence[Hit]) -> float:
    return sum(HAS_VALUE in hit.values for hit in hits) / len(hits) if hits else 0.0
