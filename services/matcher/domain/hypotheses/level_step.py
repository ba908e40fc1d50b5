"""The level of a hypothesis within one step: time passes, a change is applied, alerts are made."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import msgspec

from schemas.alert import Alert, Status
from services.matcher.domain.hypotheses.alert import (
    LevelChange,
    begin_level_alert,
    end_level_alert,
    move_level_alert,
    refresh_level_alert,
)
from services.matcher.domain.hypotheses.apply_change import apply_change
from services.matcher.domain.hypotheses.cause import Cause, cause_of_alert, find_cause_in_time
from services.matcher.domain.hypotheses.change import AlertChange, IndicatorChange, SourceChange
from services.matcher.domain.hypotheses.crossing import (
    Crossing,
    find_crossings,
    find_last_crossing,
)
from services.matcher.domain.hypotheses.hypothesis import WatchedHypothesis
from services.matcher.domain.hypotheses.indicator_status import find_blind_indicators
from services.matcher.domain.hypotheses.late_change import find_crossing_of_change
from services.matcher.domain.hypotheses.phase import find_phase
from services.matcher.domain.hypotheses.score import ScoreCurve, build_score_curve
from services.matcher.domain.hypotheses.state import HypothesisState


@dataclass(frozen=True, slots=True)
class LevelStep:
    """A hypothesis within a step at `now`: its state and the alerts to send, so far."""

    hypothesis: WatchedHypothesis
    state: HypothesisState
    now: int
    alerts: tuple[Alert, ...] = ()

    def pass_time(self, until: int) -> "LevelStep":
        """Announce every crossing up to `until` that needs no change of an indicator."""
        step, curve = self, build_score_curve(self.hypothesis, self.state)
        for crossing in self._find_crossings(curve, until):
            step = step.cross(crossing, find_cause_in_time(curve, crossing.at))
        return step.with_state(msgspec.structs.replace(step.state, time=until))

    def apply(self, change: IndicatorChange) -> "LevelStep":
        """Apply a change of an indicator, and announce the crossing that it leads to."""
        step = self.with_state(apply_change(self.hypothesis, self.state, change))
        if isinstance(change, SourceChange):
            return step.judge_blind(self.state)
        if isinstance(change, AlertChange):
            return step.judge(self.state, change)
        return step

    def judge(self, before: HypothesisState, change: AlertChange) -> "LevelStep":
        """Announce the crossing that an alert leads to, if the score was another `before` it.

        Where it leads to another phase alone, the present level is announced again.
        """
        curve, time = build_score_curve(self.hypothesis, self.state), self.state.time
        if time is None or curve == build_score_curve(self.hypothesis, before):
            return self
        crossing = find_crossing_of_change(curve, self.state, change, time)
        if crossing.rank == self.state.rank:
            was = find_phase(build_score_curve(self.hypothesis, before), time)
            return self if find_phase(curve, time) == was else self.refresh(time)
        return self.cross(crossing, cause_of_alert(change))

    def judge_blind(self, before: HypothesisState) -> "LevelStep":
        """Announce the present level again if other indicators were blind `before`."""
        time = self.now if self.state.time is None else self.state.time
        was_blind = find_blind_indicators(self.hypothesis, before, time)
        if find_blind_indicators(self.hypothesis, self.state, time) == was_blind:
            return self
        return self.refresh(time)

    def refresh(self, time: int) -> "LevelStep":
        """Announce the present level again, with its indicators as they are at `time`."""
        return self.announce(
            *(
                refresh_level_alert(self.hypothesis, self.state, alert, time, self.now)
                for alert in self._firing
            )
        )

    def cross(self, crossing: Crossing, cause: Cause) -> "LevelStep":
        """Move the alert to the level of the crossing, begin it there, or end it below all."""
        state, change = self.state, LevelChange(self.state.rank, crossing, cause, self.now)
        move = move_level_alert if crossing.rank else end_level_alert
        moved = [move(self.hypothesis, state, alert, change) for alert in self._firing]
        is_new = bool(crossing.rank) and not moved
        begun = [begin_level_alert(self.hypothesis, state, change)] if is_new else []
        after = msgspec.structs.replace(
            state,
            rank=crossing.rank,
            since=max(crossing.at, state.since or crossing.at),
            serial=state.serial + len(begun),
            cause_alert=cause.alert if crossing.rank > state.rank else "",
        )
        return self.with_state(after).announce(*moved, *begun)

    def announce(self, *alerts: Alert) -> "LevelStep":
        """Send these alerts, and keep them in place of their earlier revisions."""
        latest = {alert.id: alert for alert in (*self.state.alerts, *alerts)}
        state = self.state.with_alerts(*latest.values())
        return replace(self, state=state, alerts=(*self.alerts, *alerts))

    def with_state(self, state: HypothesisState) -> "LevelStep":
        """The same step with another state."""
        return replace(self, state=state)

    @property
    def _firing(self) -> list[Alert]:
        return [alert for alert in self.state.alerts if alert.status is Status.FIRING]

    def _find_crossings(self, curve: ScoreCurve, until: int) -> Iterable[Crossing]:
        if self.state.time is not None:
            return find_crossings(curve, Crossing(self.state.time, self.state.rank), until)
        # of the levels that prior observations led to, only the present one is announced
        first = min((prior.at for prior in self.hypothesis.observed), default=until)
        last = find_last_crossing(curve, Crossing(first - 1, 0), until)
        return [last] if last.rank else []
