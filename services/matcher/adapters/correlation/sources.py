"""Sources beside the windows: their states in the same table, and when each is due."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from schemas.heartbeat import Heartbeat
from services.matcher.adapters.rules.guard import RuleFailure, guard_rule
from services.matcher.adapters.state.keyed_states import KeyedStates
from services.matcher.adapters.state.keys import StateKey, StateKind
from services.matcher.domain.alerts.step import StepContext
from services.matcher.domain.duty.source_state import SourceState, decode_source, encode_source
from services.matcher.domain.duty.source_step import (
    SourceOutcome,
    hear_source,
    source_deadline,
    tick_source,
)
from services.matcher.domain.duty.watched_sources import WatchedSource, WatchedSources
from services.matcher.domain.engine.schedule import Schedule


@dataclass(slots=True)
class Sources:
    """The states of the sources that `watched` returns."""

    states: KeyedStates
    watched: Callable[[], WatchedSources]
    known: WatchedSources | None = None
    schedules: dict[int, Schedule] = field(default_factory=dict)

    def forget(self) -> None:
        """The table changed under us: partitions came or went."""
        self.known = None

    def hear(
        self, heartbeat: Heartbeat, partition: int, context: StepContext
    ) -> SourceOutcome | RuleFailure:
        """Apply a heartbeat and keep its effects; that of a source no longer watched has none."""
        name = heartbeat.source
        state, source = self._state(partition, name), self.watched().get(name)
        if source is None:
            return SourceOutcome(state, changed=False)
        outcome = guard_rule(name, lambda: hear_source(source, state, heartbeat, context))
        return self._kept(partition, name, outcome)

    def tick(
        self, partition: int, moment: StepContext
    ) -> Iterator[tuple[str, SourceOutcome | RuleFailure]]:
        """Step every source of the partition that is due, or has seen this message."""
        schedule = self._schedule(partition)
        again = schedule.not_before(moment.offset)
        due = () if moment.clock is None else tuple(schedule.pop(moment.clock))
        for key in dict.fromkeys((*again, *due)):
            name = key.decode()
            state = self._state(partition, name)
            if state is not None:
                yield name, self._ticked(partition, name, state, moment)

    def drop(self, partition: int, name: str) -> None:
        """Delete the state of a source."""
        self.states.delete([_state_key(partition, name)])
        self._schedule(partition).drop(name.encode())

    def _ticked(
        self, partition: int, name: str, state: SourceState, moment: StepContext
    ) -> SourceOutcome | RuleFailure:
        source = self.watched().get(name)
        outcome = guard_rule(name, lambda: tick_source(source, state, moment))
        return self._kept(partition, name, outcome)

    def _kept(
        self, partition: int, name: str, outcome: SourceOutcome | RuleFailure
    ) -> SourceOutcome | RuleFailure:
        if isinstance(outcome, RuleFailure) or outcome.state is None:
            return outcome
        if outcome.changed:
            self.states.put({_state_key(partition, name): encode_source(outcome.state)})
        self._note(self._schedule(partition), self.watched().get(name), name, outcome.state)
        return outcome

    def _state(self, partition: int, name: str) -> SourceState | None:
        raw = self.states.get(_state_key(partition, name))
        return None if raw is None else decode_source(raw)

    def _schedule(self, partition: int) -> Schedule:
        watched = self.watched()
        if self.known is not watched:
            self.known, self.schedules = watched, self._scheduled(watched)
        return self.schedules.setdefault(partition, Schedule())

    def _scheduled(self, watched: WatchedSources) -> dict[int, Schedule]:
        schedules: dict[int, Schedule] = {}
        for key, raw in self.states.items(StateKind.SOURCE):
            name, state = key.key.decode(), decode_source(raw)
            schedule = schedules.setdefault(key.partition, Schedule())
            self._note(schedule, watched.get(name), name, state)
        return schedules

    def _note(
        self, schedule: Schedule, source: WatchedSource | None, name: str, state: SourceState
    ) -> None:
        schedule.note(name.encode(), source_deadline(source, state), state.offset)


def _state_key(partition: int, name: str) -> StateKey:
    return StateKey(StateKind.SOURCE, partition, name.encode())
