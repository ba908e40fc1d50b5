"""Compiled hypotheses: what the engine needs of a course of action. Times in microseconds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil, exp2, log2, prod

from schemas.alert import Level
from schemas.hypothesis import Hypothesis, Observed, parse_observed_at
from services.matcher.domain.hypotheses.scheduled import ScheduledSpan, compile_scheduled
from services.matcher.domain.windows.state import micros, span

EXPIRED_BELOW = 0.05
"""The share of its weight below which an indicator contributes nothing."""

LEVELS: tuple[tuple[str, Level], ...] = (
    ("watch", Level.LOW),
    ("elevated", Level.MEDIUM),
    ("high", Level.HIGH),
)
"""The levels of a hypothesis by rank, from 1, and those of their alerts. Rank 0 is below all."""


@dataclass(frozen=True)
class Indicator:
    """A rule, and what its alerts add to the score or take from it.

    `sources` are all that could show it, where they are known by name.
    """

    rule: str
    weight: float
    half_life: int | None
    sources: tuple[str, ...] = ()

    @cached_property
    def expires_after(self) -> int | None:
        """The age at which its contribution is EXPIRED_BELOW of its weight; None: never."""
        return None if self.half_life is None else ceil(-log2(EXPIRED_BELOW) * self.half_life)

    def is_expired(self, age: int) -> bool:
        """Whether it contributes nothing any more, `age` after it was last observed."""
        return self.expires_after is not None and age >= self.expires_after

    def contribution(self, age: int) -> float:
        """What it adds to the score, `age` after it was last observed."""
        if age < 0 or self.is_expired(age):
            return 0.0
        if self.half_life is None:
            return self.weight
        return self.weight * exp2(-age / self.half_life)


@dataclass(frozen=True, slots=True)
class PriorObservation:
    """An observation from before Vedette watched, some time between `at` and `until`."""

    rule: str
    at: int
    until: int
    note: str | None


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase, and the rules by which it begins."""

    title: str
    rules: tuple[str, ...]


@dataclass(frozen=True)
class WatchedHypothesis:
    """A course of action, its indicators and the scores at which its levels begin."""

    pack: str
    name: str
    title: str
    indicators: tuple[Indicator, ...]
    thresholds: tuple[float, float, float]
    hysteresis: float
    observed: tuple[PriorObservation, ...]
    phases: tuple[Phase, ...] = ()
    scheduled: tuple[ScheduledSpan, ...] = ()
    alternative_of: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The hypotheses that its alerts belong to: it, and that of which it is an alternative."""
        return (self.name, self.alternative_of) if self.alternative_of else (self.name,)

    def factor(self, rule: str, t: int) -> float:
        """What scheduled events multiply the weight of an indicator by at t."""
        spans = self._scheduled_by_rule.get(rule)
        return prod(span.factor(rule, t) for span in spans) if spans else 1.0

    @cached_property
    def _scheduled_by_rule(self) -> Mapping[str, Sequence[ScheduledSpan]]:
        rules = {rule for span in self.scheduled for rule in span.factors}
        return {rule: [span for span in self.scheduled if rule in span.factors] for rule in rules}

    @property
    def group(self) -> dict[str, str]:
        """The group of its alerts."""
        return {"hypothesis": self.name}

    @cached_property
    def by_rule(self) -> Mapping[str, Indicator]:
        """The indicators by the names of their rules."""
        return {indicator.rule: indicator for indicator in self.indicators}

    def lower_threshold(self, rank: int) -> float:
        """The score below which a level ends: `hysteresis` times the one at which it begins."""
        return self.hysteresis * self.thresholds[rank - 1]

    def next_rank(self, rank: int, score: float) -> int:
        """The rank that follows `rank` at this score."""
        reached = sum(score >= threshold for threshold in self.thresholds)
        if reached > rank:
            return reached
        while rank and score < self.lower_threshold(rank):
            rank -= 1
        return rank


def compile_hypothesis(document: Hypothesis, pack: str) -> WatchedHypothesis:
    """The hypothesis that a document of a pack describes."""
    levels = document.levels
    return WatchedHypothesis(
        pack=pack,
        name=document.name,
        title=document.title,
        indicators=tuple(
            Indicator(
                indicator.rule,
                indicator.weight,
                None if indicator.half_life is None else span(indicator.half_life),
                indicator.sources,
            )
            for indicator in document.indicators
        ),
        thresholds=(levels.watch, levels.elevated, levels.high),
        hysteresis=document.hysteresis,
        observed=tuple(map(_compile_observed, document.observed)),
        phases=tuple(Phase(phase.title, phase.indicators) for phase in document.phases),
        scheduled=tuple(map(compile_scheduled, document.scheduled)),
        alternative_of=document.alternative_of,
    )


def _compile_observed(observed: Observed) -> PriorObservation:
    first, last = parse_observed_at(observed.at)
    return PriorObservation(observed.rule, micros(first), micros(last), observed.note)
