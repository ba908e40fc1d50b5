"""The score of a hypothesis as a function of time, past or to come. Times in microseconds."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import fsum

from services.matcher.domain.hypotheses.hypothesis import Indicator, WatchedHypothesis
from services.matcher.domain.hypotheses.state import HypothesisState


@dataclass(frozen=True, slots=True)
class ScoreCurve:
    """The score over time, from the times at which each indicator was observed.

    `observed` has them by rule, ascending, those dated ahead too.
    """

    hypothesis: WatchedHypothesis
    observed: Mapping[str, tuple[int, ...]]

    def last_observed(self, indicator: Indicator, t: int) -> int | None:
        """When the indicator was last observed, at t or before."""
        times = self.observed.get(indicator.rule, ())
        count = bisect_right(times, t)
        return times[count - 1] if count else None

    def contribution(self, indicator: Indicator, t: int) -> float:
        """What the indicator adds to the score at t."""
        last = self.last_observed(indicator, t)
        if last is None:
            return 0.0
        unweighted = indicator.contribution(t - last)
        return unweighted and unweighted * self.hypothesis.factor(indicator.rule, t)

    def score(self, t: int) -> float:
        """The sum over all indicators: each counts once, from when it was last observed."""
        return fsum(self.contribution(indicator, t) for indicator in self.hypothesis.indicators)

    def rank_after(self, rank: int, t: int) -> int:
        """The rank at t of a hypothesis that had `rank` until then."""
        return self.hypothesis.next_rank(rank, self.score(t))

    def breakpoints(self, after: int) -> list[int]:
        """The times past `after` at which an indicator is observed, expires or weighs otherwise.

        Ascending. Between them the score only decays; behind the last it is constant.
        """
        return sorted({time for time in self._breakpoints(after) if time > after})

    def _breakpoints(self, after: int) -> Iterator[int]:
        for span in self.hypothesis.scheduled:
            yield from (span.start, span.end)
        for indicator in self.hypothesis.indicators:
            times = self.observed.get(indicator.rule, ())
            # the end of one that was observed again by then is no change
            newest = max(0, bisect_right(times, after) - 1)
            for time in times[newest:]:
                yield time
                if indicator.expires_after is not None:
                    yield time + indicator.expires_after


def build_score_curve(hypothesis: WatchedHypothesis, state: HypothesisState) -> ScoreCurve:
    """The score curve as far as it is known.

    Evidence already observed is an observation. An alert of the same time is that very one: an
    indicator counts once, however often it was observed.
    """
    times: dict[str, set[int]] = {}
    for prior in hypothesis.observed:
        times.setdefault(prior.rule, set()).add(prior.at)
    for rule, observations in state.observations.items():
        valid = {observation.at for observation in observations if not observation.withdrawn}
        times.setdefault(rule, set()).update(valid)
    return ScoreCurve(hypothesis, {rule: tuple(sorted(known)) for rule, known in times.items()})
