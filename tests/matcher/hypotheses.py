"""Builders of hypotheses and of changes of their indicators, and a run of such changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from schemas.alert import Alert, Evidence, Status
from schemas.hypothesis import Hypothesis
from services.matcher.domain.alerts.step import StepContext
from services.matcher.domain.hypotheses.change import AlertChange, IndicatorChange
from services.matcher.domain.hypotheses.hypothesis import WatchedHypothesis, compile_hypothesis
from services.matcher.domain.hypotheses.score import build_score_curve
from services.matcher.domain.hypotheses.state import (
    HypothesisState,
)
from services.matcher.domain.hypotheses.step import hypothesis_deadline, step_hypothesis
from services.matcher.domain.windows.state import micros
from tests.matcher.builders import HOUR, NOON

DAY = 24 * HOUR


def hypothesis(
    weights: Mapping[str, float] | None = None,
    half_lives: Mapping[str, str] | None = None,
    **fields: Any,
) -> WatchedHypothesis:
    """Rockets (2, halved in a day), a march (2, halved in two) and calm (-1, in a day)."""
    weights = weights or {"rockets": 2, "march": 2, "calm": -1}
    half_lives = half_lives or {"rockets": "1d", "march": "2d", "calm": "1d"}
    indicators = [
        {"rule": rule, "weight": weight, "half_life": half_lives.get(rule)}
        for rule, weight in weights.items()
    ]
    given = {
        "name": "mlcoa",
        "title": "MLCOA: pressure",
        "indicators": indicators,
        "levels": {"watch": 2, "elevated": 3, "high": 10},
    }
    return compile_hypothesis(Hypothesis.model_validate(given | fields), "iraq")


def observe(
    rule: str,
    hours: float = 0,
    *,
    revision: int = 1,
    status: Status = Status.FIRING,
    recorded: float | None = None,
) -> AlertChange:
    """An alert of an indicator that was observed `hours` after noon, known then or later."""
    at = NOON + hours * HOUR
    name = f"{rule} {hours}"
    known = at if recorded is None else NOON + recorded * HOUR
    report = Evidence(event_id=name, source="reuters", occurred_at=at, recorded_at=known)
    return AlertChange(rule, name, revision, status, at, evidence=(report,))


def withdraw(rule: str, hours: float = 0) -> AlertChange:
    """The same alert, withdrawn."""
    return observe(rule, hours, revision=2, status=Status.WITHDRAWN)


@dataclass
class HypothesisRun:
    """Steps one hypothesis; collects its alerts."""

    hypothesis: WatchedHypothesis
    state: HypothesisState = field(default_factory=HypothesisState.empty)
    alerts: list[Alert] = field(default_factory=list)
    clock: datetime | None = None
    offset: int = 0

    def take(self, *changes: IndicatorChange, now: float | None = None) -> "HypothesisRun":
        """Apply each at `now` hours after noon, else at its own time."""
        for change in changes:
            at = change.at if isinstance(change, AlertChange) else self.clock or NOON
            self._step(change, at if now is None else NOON + now * HOUR)
        return self

    def tick(self, hours: float) -> "HypothesisRun":
        self.clock = NOON + hours * HOUR
        due = hypothesis_deadline(self.hypothesis, self.state)
        if due is not None and due <= self.clock:
            self._step(None, self.clock)
        return self

    def restore(self) -> "HypothesisRun":
        """As after a restart: the state is decoded from its bytes."""
        self.state = HypothesisState.decode(self.state.encode())
        return self

    def _step(self, change: IndicatorChange | None, now: datetime) -> None:
        self.offset += 1
        context = StepContext(self.offset, self.clock, now)
        outcome = step_hypothesis(self.hypothesis, self.state, change, context)
        self.state = outcome.state
        self.alerts += outcome.alerts

    @property
    def last(self) -> Alert:
        return self.alerts[-1]

    @property
    def final(self) -> list[Alert]:
        return list({alert.id: alert for alert in self.alerts}.values())

    @property
    def levels(self) -> list[tuple[str, str]]:
        """Level and status of every alert message, in order."""
        return [(alert.level.value, alert.status.value) for alert in self.alerts]

    def story(self) -> list[tuple[str, datetime, datetime | None]]:
        """Level, start and end of every alert of a level."""
        return [(alert.level.value, alert.starts_at, alert.resolved_at) for alert in self.final]

    def score(self, hours: float) -> float:
        at = micros(NOON + timedelta(hours=hours))
        return build_score_curve(self.hypothesis, self.state).score(at)
