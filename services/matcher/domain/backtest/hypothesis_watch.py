"""Watch: every hypothesis over a file, hearing what the windows of its indicators say."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from schemas.alert import Alert
from services.matcher.domain.alerts.step import StepContext, StepResult
from services.matcher.domain.hypotheses.change import (
    DistanceChange,
    IndicatorChange,
    make_alert_change,
)
from services.matcher.domain.hypotheses.distance import measure_distance
from services.matcher.domain.hypotheses.hypothesis import WatchedHypothesis
from services.matcher.domain.hypotheses.state import HypothesisState
from services.matcher.domain.hypotheses.step import hypothesis_deadline, step_hypothesis
from services.matcher.domain.windows.window_rule import WindowRule

Place = tuple[WatchedHypothesis, bool]
"""A hypothesis, and whether its state is that of drills."""


@dataclass(slots=True)
class HypothesisWatch:
    """The states of hypotheses. Drills have states of their own."""

    hypotheses: tuple[WatchedHypothesis, ...]
    states: dict[Place, HypothesisState] = field(default_factory=dict)
    due: dict[Place, datetime | None] = field(default_factory=dict)
    offset: int = 0

    def __post_init__(self) -> None:
        for hypothesis in self.hypotheses:
            self._keep((hypothesis, False), HypothesisState.empty())

    def hear(
        self, rule: WindowRule, window: bytes, outcome: StepResult, moment: StepContext
    ) -> tuple[Alert, ...]:
        """The alerts to which an outcome of a window leads, where hypotheses list its rule."""
        return tuple(
            alert
            for hypothesis in self.hypotheses
            if hypothesis.pack == rule.pack and rule.name in hypothesis.by_rule
            for change, exercise in _changes(rule, window, outcome, moment)
            for alert in self._step((hypothesis, exercise), change, moment)
        )

    def tick(self, moment: StepContext) -> tuple[Alert, ...]:
        """The alerts to which the time alone leads, up to the clock."""
        clock = moment.clock
        due = [place for place, when in self.due.items() if when and clock and when <= clock]
        return tuple(alert for place in due for alert in self._step(place, None, moment))

    def _step(
        self, place: Place, change: IndicatorChange | None, moment: StepContext
    ) -> tuple[Alert, ...]:
        self.offset += 1
        numbered = StepContext(self.offset, moment.clock, moment.now)
        state = self.states.get(place) or HypothesisState.empty(exercise=place[1])
        outcome = step_hypothesis(place[0], state, change, numbered)
        self._keep(place, outcome.state)
        return outcome.alerts

    def _keep(self, place: Place, state: HypothesisState) -> None:
        self.states[place] = state
        self.due[place] = hypothesis_deadline(place[0], state)


def _changes(
    rule: WindowRule, window: bytes, outcome: StepResult, moment: StepContext
) -> Iterable[tuple[IndicatorChange, bool]]:
    if not outcome.changed:
        return
    for alert in outcome.alerts:
        yield make_alert_change(alert), alert.exercise
    if outcome.state is not None:
        near = measure_distance(rule, outcome.state, moment.now)
        yield DistanceChange(rule.name, window.decode(), near), outcome.state.exercise
