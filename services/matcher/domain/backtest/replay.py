"""Replay: the whole engine over events from a file. Pure: no Kafka, and time is theirs."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappop, heappush

from schemas.alert import Alert
from schemas.event import Event
from schemas.signal import Signal
from services.matcher.domain.alerts.step import (
    StepContext,
    StepResult,
    deadline,
    is_due,
    step_window,
)
from services.matcher.domain.backtest.hypothesis_watch import HypothesisWatch
from services.matcher.domain.rules.chain import chain_alert
from services.matcher.domain.rules.rulebook import Rulebook
from services.matcher.domain.rules.signals import make_signals
from services.matcher.domain.windows.state import WindowState
from services.matcher.domain.windows.window_rule import WindowRule

Place = tuple[str, str, bytes]
"""Pack, rule and window key: where one state lives."""


@dataclass(slots=True)
class Replay:
    """What came of the events: every alert message in order, and the signals refused."""

    alerts: list[Alert] = field(default_factory=list)
    refused: list[tuple[Signal, str]] = field(default_factory=list)

    @property
    def final(self) -> tuple[Alert, ...]:
        """The last revision of each alert, in the order of their first announcement."""
        return tuple({alert.id: alert for alert in self.alerts}.values())


def replay(rulebook: Rulebook, events: Iterable[Event]) -> Replay:
    """Every event in the order of `recorded_at`, each followed by a tick of that time.

    Nothing recorded later is seen before its time. The rules watch since the first of them.
    """
    course = _Course(rulebook)
    for event in sorted(events, key=_recorded):
        course.take(event)
    return course.told


def _recorded(event: Event) -> datetime:
    return event.recorded_at or event.occurred_at


@dataclass(slots=True)
class _Course:
    rulebook: Rulebook
    told: Replay = field(default_factory=Replay)
    states: dict[Place, WindowState] = field(default_factory=dict)
    due: list[tuple[datetime, Place]] = field(default_factory=list)
    clock: datetime | None = None
    since: datetime | None = None
    offset: int = 0
    watch: HypothesisWatch = field(init=False)

    def __post_init__(self) -> None:
        self.watch = HypothesisWatch(self.rulebook.hypotheses)

    def take(self, event: Event) -> None:
        now = _recorded(event)
        self.since = self.since or now
        for signal in make_signals(self.rulebook, event):
            self._apply(signal, now)
        self.clock = now if self.clock is None else max(self.clock, now)
        while self.due and self.due[0][0] <= self.clock:
            self._tick(heappop(self.due)[1], self.clock)
        self.told.alerts.extend(self.watch.tick(self._moment(self.clock)))

    def _apply(self, signal: Signal, now: datetime) -> None:
        place = (signal.pack, signal.rule, signal.key)
        rule = self.rulebook.windows[place[:2]]
        state = self.states.get(place, WindowState.empty())
        outcome = step_window(rule, state, signal, self._moment(now))
        if outcome.refused is not None:
            self.told.refused.append((signal, outcome.refused))
        self._keep(rule, place, outcome)
        self._hear(rule, place, outcome, now)

    def _hear(self, rule: WindowRule, place: Place, outcome: StepResult, now: datetime) -> None:
        if rule.hypotheses:
            moment = self._moment(now)
            self.told.alerts.extend(self.watch.hear(rule, place[2], outcome, moment))

    def _tick(self, place: Place, clock: datetime) -> None:
        rule, state = self.rulebook.windows[place[:2]], self.states.get(place)
        if state is not None and is_due(rule, state, clock):
            outcome = step_window(rule, state, None, self._moment(clock))
            self._keep(rule, place, outcome)
            self._hear(rule, place, outcome, clock)

    def _moment(self, now: datetime) -> StepContext:
        self.offset += 1
        return StepContext(self.offset, self.clock, now, self.since)

    def _keep(self, rule: WindowRule, place: Place, outcome: StepResult) -> None:
        if not outcome.changed:
            return
        self._write(rule, place, outcome)
        if rule.announces:
            self.told.alerts.extend(outcome.alerts)
        for alert in outcome.alerts:
            for signal in chain_alert(self.rulebook, alert):
                self._apply(signal, alert.updated_at)

    def _write(self, rule: WindowRule, place: Place, outcome: StepResult) -> None:
        if outcome.state is None:
            del self.states[place]
            return
        self.states[place] = outcome.state
        due = deadline(rule, outcome.state)
        if due is not None:
            heappush(self.due, (due, place))
