"""Step: one message and the state of one hypothesis go in, the next state and alerts come out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

import msgspec

from schemas.alert import Alert, Status
from services.matcher.domain.alerts.step import StepContext
from services.matcher.domain.hypotheses.alert import LevelChange, begun, ended, told_anew
from services.matcher.domain.hypotheses.change import (
    AlertChange,
    IndicatorChange,
    SourceChange,
)
from services.matcher.domain.hypotheses.crossing import Crossing, crossings, next_crossing
from services.matcher.domain.hypotheses.hearing import kept, noted
from services.matcher.domain.hypotheses.hypothesis import WatchedHypothesis
from services.matcher.domain.hypotheses.indicator_status import blind_at
from services.matcher.domain.hypotheses.move import Move, heard, passed
from services.matcher.domain.hypotheses.score import Course, course_of
from services.matcher.domain.hypotheses.state import HypothesisState
from services.matcher.domain.windows.state import instant, micros


@dataclass(frozen=True, slots=True)
class HypothesisOutcome:
    """What a step leads to; `changed`: write the state."""

    state: HypothesisState
    alerts: tuple[Alert, ...] = ()
    changed: bool = True


def step_hypothesis(
    hypothesis: WatchedHypothesis,
    state: HypothesisState,
    message: IndicatorChange | None,
    moment: StepContext,
) -> HypothesisOutcome:
    """Apply one change of an indicator, or a tick (None), to the state of its hypothesis.

    Every crossing up to the clock is announced with the time at which it was, however late the
    tick. A message that is not past the state's offset changes nothing and sends the current
    revision of every alert again.
    """
    if moment.offset <= state.offset:
        return HypothesisOutcome(state, state.alerts, changed=False)
    if message is None and moment.clock is None:
        return HypothesisOutcome(state, changed=False)
    now = micros(moment.now)
    states = [state, *_passing(hypothesis, state, _reached(state, message, moment), now)]
    if message is not None:
        states.append(_heard(hypothesis, states[-1], message, now))
    alerts = [alert for pair in pairwise(states) for alert in _said(*pair)]
    after = msgspec.structs.replace(kept(hypothesis, states[-1]), offset=moment.offset)
    return HypothesisOutcome(after, tuple(alerts))


def _said(before: HypothesisState, after: HypothesisState) -> list[Alert]:
    if before.announced == after.announced:
        return []
    known = {alert.id: alert.revision for alert in before.alerts}
    return [alert for alert in after.alerts if alert.revision != known.get(alert.id)]


def hypothesis_deadline(hypothesis: WatchedHypothesis, state: HypothesisState) -> datetime | None:
    """The clock time at which a tick has to step this state: that of the next crossing.

    Before the first message it is that of the first evidence already observed.
    """
    if state.time is None:
        due = min((prior.at for prior in hypothesis.observed), default=None)
    else:
        due = next_crossing(course_of(hypothesis, state), state.rank, state.time)
    return None if due is None else instant(due)


def hypothesis_is_due(
    hypothesis: WatchedHypothesis, state: HypothesisState, clock: datetime
) -> bool:
    """Whether a tick that brings the clock to `clock` has to step this state."""
    due = hypothesis_deadline(hypothesis, state)
    return due is not None and due <= clock


def _reached(
    state: HypothesisState, message: IndicatorChange | None, moment: StepContext
) -> int | None:
    """The time up to which the level can be judged; what is dated ahead waits for its time."""
    times = [] if state.time is None else [state.time]
    if moment.clock is not None:
        times.append(micros(moment.clock))
    if isinstance(message, AlertChange):
        times.append(micros(min(message.known, moment.now)))
    return max(times, default=None)


def _passing(
    hypothesis: WatchedHypothesis, state: HypothesisState, until: int | None, now: int
) -> Iterator[HypothesisState]:
    """One state after the other, for each crossing up to `until`, and that of `until`."""
    if until is None:
        return
    if state.time is None:
        yield _started(hypothesis, state, until, now)
        return
    course = course_of(hypothesis, state)
    for crossing in crossings(course, state.rank, state.time, until):
        state = _announced(hypothesis, state, crossing, (passed(course, crossing.at), now))
        yield state
    yield msgspec.structs.replace(state, time=until)


def _started(
    hypothesis: WatchedHypothesis, state: HypothesisState, until: int, now: int
) -> HypothesisState:
    """Evidence already observed enters: of the past only the level that still stands is told."""
    course = course_of(hypothesis, state)
    first = min((prior.at for prior in hypothesis.observed), default=until)
    last = _settled(course, Crossing(first - 1, 0), until)
    state = msgspec.structs.replace(state, time=until)
    if not last.rank:
        return state
    return _announced(hypothesis, state, last, (passed(course, last.at), now))


def _settled(course: Course, crossing: Crossing, until: int) -> Crossing:
    """The last crossing up to `until`, of those that follow on this one."""
    last = crossing
    for later in crossings(course, crossing.rank, crossing.at, until):
        last = later
    return last


def _heard(
    hypothesis: WatchedHypothesis, state: HypothesisState, message: IndicatorChange, now: int
) -> HypothesisState:
    after = noted(hypothesis, state, message)
    if isinstance(message, SourceChange):
        return _seeing(hypothesis, state, after, now)
    if after.time is None or not isinstance(message, AlertChange):
        return after
    course = course_of(hypothesis, after)
    if course == course_of(hypothesis, state):
        return after
    crossing = _crossed(course, after, message, after.time)
    if crossing.rank == state.rank:
        return after
    return _announced(hypothesis, after, crossing, (heard(message), now))


def _seeing(
    hypothesis: WatchedHypothesis, before: HypothesisState, after: HypothesisState, now: int
) -> HypothesisState:
    """The state with the level that stands told anew, if other indicators are blind now."""
    time = now if after.time is None else after.time
    if blind_at(hypothesis, before, time) == blind_at(hypothesis, after, time):
        return after
    alerts = [
        told_anew(hypothesis, after, alert, (time, now)) if alert.status is Status.FIRING else alert
        for alert in after.alerts
    ]
    return msgspec.structs.replace(after, announced=_as_announced(alerts))


def _crossed(course: Course, state: HypothesisState, change: AlertChange, time: int) -> Crossing:
    """What an alert leads to: at its own time, as far as the present level stood then.

    What is withdrawn is so from now on.
    """
    at = time if change.status is Status.WITHDRAWN else min(micros(change.at), time)
    start = at if state.since is None else max(at, state.since)
    rank = course.hypothesis.rank_after(state.rank, course.score(start))
    last = _settled(course, Crossing(start, rank), time)
    if last.rank != state.rank or at == start:
        return last
    return _risen(course, state.rank, at, time) or last


def _risen(course: Course, rank: int, at: int, time: int) -> Crossing | None:
    """The rise that an observation makes before the present level began, if it still stands.

    What was reached and lost in the past is not told.
    """
    for edge in [at, *course.breaks(at)]:
        reached = course.hypothesis.rank_after(rank, course.score(edge))
        if edge < time and reached > rank:
            last = _settled(course, Crossing(edge, reached), time)
            return last if last.rank > rank else None
    return None


def _announced(
    hypothesis: WatchedHypothesis,
    state: HypothesisState,
    crossing: Crossing,
    cause: tuple[Move, int],
) -> HypothesisState:
    """The state at the level that the crossing leads to, with the alerts that say so."""
    move, now = cause
    change = LevelChange(state.rank, crossing, move, now)
    alerts = [_over(hypothesis, state, alert, change) for alert in state.alerts]
    serial = state.serial
    if crossing.rank:
        alerts.append(begun(hypothesis, state, change))
        serial += 1
    return msgspec.structs.replace(
        state,
        rank=crossing.rank,
        since=max(crossing.at, state.since or crossing.at),
        serial=serial,
        mover=move.alert if crossing.rank > change.before else "",
        announced=_as_announced(alerts),
    )


def _as_announced(alerts: Iterable[Alert]) -> tuple[dict[str, Any], ...]:
    return tuple(alert.model_dump(mode="json", exclude_defaults=True) for alert in alerts)


def _over(
    hypothesis: WatchedHypothesis, state: HypothesisState, alert: Alert, change: LevelChange
) -> Alert:
    standing = alert.status is Status.FIRING
    return ended(hypothesis, state, alert, change) if standing else alert
