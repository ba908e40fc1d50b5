"""Score: what the indicators of a hypothesis come to at any time, past or to come."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import fsum

from services.matcher.domain.hypotheses.hypothesis import Indicator, WatchedHypothesis
from services.matcher.domain.hypotheses.state import HypothesisState


@dataclass(frozen=True, slots=True)
class Course:
    """The times at which each indicator was observed, ascending; those to come included."""

    hypothesis: WatchedHypothesis
    times: Mapping[str, tuple[int, ...]]

    def last(self, indicator: Indicator, t: int) -> int | None:
        """When it was last observed, up to t."""
        known = self.times.get(indicator.rule, ())
        before = bisect_right(known, t)
        return known[before - 1] if before else None

    def worth(self, indicator: Indicator, t: int) -> float:
        """What it adds to the score at t."""
        last = self.last(indicator, t)
        return 0.0 if last is None else indicator.worth(t - last)

    def score(self, t: int) -> float:
        """The sum over all indicators: each counts once, from when it was last observed."""
        return fsum(self.worth(indicator, t) for indicator in self.hypothesis.indicators)

    def breaks(self, after: int) -> list[int]:
        """The times past `after` at which an indicator is observed or expires, ascending.

        Between them the score only decays; behind the last one it stays.
        """
        return sorted({time for time in self._breaks() if time > after})

    def _breaks(self) -> Iterator[int]:
        for indicator in self.hypothesis.indicators:
            lasts = indicator.expires_after
            for time in self.times.get(indicator.rule, ()):
                yield time
                if lasts is not None:
                    yield time + lasts


def course_of(hypothesis: WatchedHypothesis, state: HypothesisState) -> Course:
    """The course of a hypothesis as far as it is known.

    Evidence already observed counts as an observation. An alert of the same time is that very
    observation: an indicator counts once, however often it was observed.
    """
    times: dict[str, set[int]] = {}
    for prior in hypothesis.observed:
        times.setdefault(prior.rule, set()).add(prior.at)
    for rule, sightings in state.sightings.items():
        seen = {one.at for one in sightings if not one.withdrawn}
        times.setdefault(rule, set()).update(seen)
    return Course(hypothesis, {rule: tuple(sorted(known)) for rule, known in times.items()})
