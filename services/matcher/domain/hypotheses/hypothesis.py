"""Hypotheses: what the engine needs to know of a course of action. Times in microseconds."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import ceil, log2

from schemas.alert import Level
from schemas.hypothesis import Hypothesis, Observed, observed_between
from services.matcher.domain.windows.state import micros, span

EXPIRED_BELOW = 0.05
"""The share of its weight at which an indicator says nothing any more."""

LEVELS: tuple[tuple[str, Level], ...] = (
    ("watch", Level.LOW),
    ("elevated", Level.MEDIUM),
    ("high", Level.HIGH),
)
"""A hypothesis' levels from the least, and the levels of their alerts. Rank 0 is below them."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """A rule, and what its alerts add to the score or take from it.

    `sources` are all that could show it, where they are known by name.
    """

    rule: str
    weight: float
    half_life: int | None
    sources: tuple[str, ...] = ()

    @property
    def expires_after(self) -> int | None:
        """The age at which its weight has halved to less than EXPIRED_BELOW of it."""
        return None if self.half_life is None else ceil(-log2(EXPIRED_BELOW) * self.half_life)

    def worth(self, age: int) -> float:
        """What it adds `age` after it was last observed; nothing before that and once expired."""
        if age < 0:
            return 0.0
        if self.half_life is None or self.expires_after is None:
            return self.weight
        return self.weight * 2.0 ** (-age / self.half_life) if age < self.expires_after else 0.0


@dataclass(frozen=True, slots=True)
class Prior:
    """Evidence that was there before Vedette watched: between `at` and `until`."""

    rule: str
    at: int
    until: int
    note: str | None


@dataclass(frozen=True)
class WatchedHypothesis:
    """A course of action, its indicators and the scores at which its levels begin."""

    pack: str
    name: str
    title: str
    indicators: tuple[Indicator, ...]
    bounds: tuple[float, float, float]
    hysteresis: float
    observed: tuple[Prior, ...]

    @property
    def group(self) -> dict[str, str]:
        """The group of its alerts."""
        return {"hypothesis": self.name}

    @cached_property
    def by_rule(self) -> Mapping[str, Indicator]:
        """The indicators by the names of their rules."""
        return {indicator.rule: indicator for indicator in self.indicators}

    def leaves_at(self, rank: int) -> float:
        """The score below which a level is left: `hysteresis` times what it asks for."""
        return self.hysteresis * self.bounds[rank - 1]

    def rank_after(self, rank: int, score: float) -> int:
        """The rank that follows on `rank` when the score is `score`."""
        reached = sum(score >= bound for bound in self.bounds)
        if reached > rank:
            return reached
        while rank and score < self.leaves_at(rank):
            rank -= 1
        return rank


def watched(document: Hypothesis, pack: str) -> WatchedHypothesis:
    """The hypothesis that a document of a pack describes."""
    levels = document.levels
    return WatchedHypothesis(
        pack=pack,
        name=document.name,
        title=document.title,
        indicators=tuple(
            Indicator(
                one.rule,
                one.weight,
                None if one.half_life is None else span(one.half_life),
                one.sources,
            )
            for one in document.indicators
        ),
        bounds=(levels.watch, levels.elevated, levels.high),
        hysteresis=document.hysteresis,
        observed=tuple(_prior(one) for one in document.observed),
    )


def _prior(observed: Observed) -> Prior:
    soonest, last = observed_between(observed.at)
    return Prior(observed.rule, micros(soonest), micros(last), observed.note)
