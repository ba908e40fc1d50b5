"""Scheduled events: the times around them, in which indicators weigh more. In microseconds."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.hypothesis import ScheduledEvent
from services.matcher.domain.windows.state import micros


@dataclass(frozen=True, slots=True)
class ScheduledSpan:
    """The time around an event, from `start` to before `end`, and by rule what weights times."""

    title: str
    start: int
    end: int
    factors: Mapping[str, float] = field(hash=False)

    def holds(self, t: int) -> bool:
        """Whether t is in it."""
        return self.start <= t < self.end

    def factor(self, rule: str, t: int) -> float:
        """What it multiplies the weight of the rule by at t."""
        return self.factors.get(rule, 1.0) if self.holds(t) else 1.0


def compile_scheduled(document: ScheduledEvent) -> ScheduledSpan:
    """The time in which a scheduled event of a hypothesis counts."""
    start, end = document.span
    return ScheduledSpan(document.title, micros(start), micros(end), dict(document.weights))
