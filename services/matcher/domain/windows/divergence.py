"""Divergence: two lists' shares of a value lie further apart than they did before."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.matcher.domain.windows.absence import Firing
from services.matcher.domain.windows.condition import counted_by
from services.matcher.domain.windows.rate import baseline_at
from services.matcher.domain.windows.state import Hit, WindowState, span
from services.matcher.domain.windows.window import between
from services.matcher.domain.windows.window_rule import WindowRule

HAS_IT = "1"
"""The value of a hit that carries what the rule compares the shares of."""
HAS_IT_NOT = "0"


@dataclass(frozen=True, slots=True)
class Shares:
    """The share that each of the two lists has, 0 to 1, of so many counted keys."""

    first: float
    second: float
    least: int

    @property
    def apart(self) -> float:
        """How far apart they lie."""
        return abs(self.first - self.second)


def divergences(rule: WindowRule, state: WindowState) -> Iterator[Firing]:
    """Every time of a hit at which the shares have moved apart, with how far apart they lie.

    Each list must have `floor` hits (default 1), in the window and in the baseline before it.
    """
    for at in dict.fromkeys(hit.at for hit in state.hits):
        told = diverging(rule, state, at)
        if told is not None and told[0].apart - told[1].apart >= (rule.condition.by or 0):
            yield at, told[0].apart


def diverging(rule: WindowRule, state: WindowState, at: int) -> tuple[Shares, Shares] | None:
    """The shares in the window and in the baseline; None while either says too little."""
    covered = baseline_at(rule, state, at)
    if covered is None:
        return None
    opened = at - span(rule.timespan)
    now = _shares(rule, between(state.hits, opened, at))
    before = _shares(rule, between(state.hits, opened - covered, opened))
    floor = rule.condition.floor or 1
    return (now, before) if min(now.least, before.least) >= floor else None


def _shares(rule: WindowRule, hits: Sequence[Hit]) -> Shares:
    (first, of_first), (second, of_second) = (_share(rule, hits, name) for name in rule.between)
    return Shares(first, second, min(of_first, of_second))


def _share(rule: WindowRule, hits: Sequence[Hit], name: str) -> tuple[float, int]:
    latest = {counted_by(rule.count_by, hit): hit for hit in hits if name in hit.by}
    having = sum(HAS_IT in hit.values for hit in latest.values())
    return (having / len(latest) if latest else 0.0), len(latest)
