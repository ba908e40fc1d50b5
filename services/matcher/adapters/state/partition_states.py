"""The states of every kind of the signals partitions that this worker owns."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.matcher.adapters.state.event_index import EventIndex
from services.matcher.adapters.state.keyed_states import KeyedStates
from services.matcher.adapters.state.keys import TableKey, ValueKind
from services.matcher.adapters.state.windows import Windows
from services.matcher.domain.alerts.deadline import timing
from services.matcher.domain.alerts.new_groups import NewGroups
from services.matcher.domain.alerts.storm import StormState
from services.matcher.domain.changes.partition_progress import PartitionProgress
from services.matcher.domain.corrections.event_version import EventVersion
from services.matcher.domain.duty.source_state import SourceState
from services.matcher.domain.engine.keys import StateKey, StateKind
from services.matcher.domain.engine.processors import Processors
from services.matcher.domain.engine.schedule import Schedule
from services.matcher.domain.hypotheses.state import HypothesisState
from services.matcher.domain.windows.panes import decode_front, decode_identities

_KINDS = {kind: ValueKind(b":%s:" % kind.value) for kind in StateKind}
_Stored = HypothesisState | SourceState | NewGroups | StormState | EventVersion
_TYPES: Mapping[StateKind, type[_Stored]] = {
    StateKind.HYPOTHESIS: HypothesisState,
    StateKind.SOURCE: SourceState,
    StateKind.NEW_GROUPS: NewGroups,
    StateKind.STORM: StormState,
    StateKind.VERSION: EventVersion,
}


@dataclass(slots=True)
class PartitionStates:
    """Implements PartitionStore for one signals partition of the table."""

    states: "States"
    windows: Windows

    @property
    def schedule(self) -> Schedule:
        """As the port says."""
        return self.states.schedule(self.windows.partition)

    def get(self, key: StateKey) -> Any | None:
        """As the port says."""
        if key.kind is StateKind.WINDOW:
            return self.windows.get(key.name)
        raw = self.states.values.get(self._table_key(key))
        return None if raw is None else _TYPES[key.kind].decode(raw)

    def put(self, key: StateKey, state: Any, due: datetime | None) -> None:
        """As the port says."""
        if key.kind is StateKind.WINDOW:
            rule = self.states.processors.windows[key.rule]
            self.windows.put(key.name, state, rule, due)
        else:
            self.states.values.put({self._table_key(key): state.encode()})

    def delete(self, key: StateKey) -> None:
        """As the port says."""
        if key.kind is StateKind.WINDOW:
            self.windows.delete(key.name)
        else:
            self.states.values.delete([self._table_key(key)])

    def holding(self, identity: str) -> Sequence[StateKey]:
        """As the port says. The first call reads all hits of this worker."""
        if self.windows.events is None:
            self.states.index_events()
        events = self.windows.events or EventIndex()
        return [StateKey(StateKind.WINDOW, name) for name in events.find(identity)]

    def all_keys(self) -> Sequence[StateKey]:
        """As the port says."""
        values, partition = self.states.values, self.windows.partition
        return [
            StateKey(kind, name)
            for kind, value_kind in _KINDS.items()
            for name in values.keys(value_kind, partition)
        ]

    def progress(self) -> PartitionProgress:
        """As the port says."""
        raw = self.states.values.get(TableKey(ValueKind.PROGRESS, self.windows.partition))
        return PartitionProgress() if raw is None else PartitionProgress.decode(raw)

    def put_progress(self, progress: PartitionProgress) -> None:
        """As the port says; and delete orphaned panes, while the table can be written."""
        key = TableKey(ValueKind.PROGRESS, self.windows.partition)
        self.states.values.put({key: progress.encode()})
        self.windows.sweep()

    def _table_key(self, key: StateKey) -> TableKey:
        return TableKey(_KINDS[key.kind], self.windows.partition, key.name)


@dataclass(slots=True)
class States:
    """The states by signals partition, in one table; they are due by the rules of `processors`.

    Schedules and event indexes are in memory alone. They are built from the table when partitions
    have moved, schedules when rules have changed too.
    """

    values: KeyedStates
    processors: Processors
    partitions: dict[int, PartitionStates] = field(default_factory=dict)
    schedules: dict[int, Schedule] | None = None

    def partition(self, number: int) -> PartitionStates:
        """The states of one partition."""
        if number not in self.partitions:
            self.partitions[number] = PartitionStates(self, Windows(self.values, number))
        return self.partitions[number]

    def use(self, processors: Processors) -> None:
        """The rules have changed."""
        self.processors, self.schedules = processors, None

    def forget(self) -> None:
        """Partitions came or went: forget what was read of the table."""
        self.partitions.clear()
        self.schedules = None

    def schedule(self, partition: int) -> Schedule:
        """The schedule of a partition."""
        if self.schedules is None:
            self.schedules = defaultdict(Schedule)
            self._schedule_windows(self.schedules)
            for kind, stored in _TYPES.items():
                for (_, number, name, _), raw in self.values.items(_KINDS[kind]):
                    key, state = StateKey(kind, name), stored.decode(raw)
                    due = self.processors.due_at(key, state)
                    self.schedules[number].note(key, due, state.offset)
        return self.schedules[partition]

    def index_events(self) -> None:
        """Find which windows hold which events, of every partition."""
        indexes: dict[int, EventIndex] = defaultdict(EventIndex)
        for (_, number, name, pane), raw in self.values.items(ValueKind.PANE):
            if pane is not None and pane.content.is_of_hits:
                indexes[number].add(name, decode_identities(raw))
        for number in indexes.keys() | self.partitions.keys():
            self.partition(number).windows.events = indexes[number]

    def _schedule_windows(self, schedules: Mapping[int, Schedule]) -> None:
        """Note when each window is due; of heads that are trusted only the front is decoded.

        A crash leaves panes that are not named yet, or no more, and never one that is named and
        missing: so there are orphans if there are more panes than are named.
        """
        named = 0
        timings = {name: timing(rule) for name, rule in self.processors.windows.items()}
        for (_, partition, name, _), raw in self.values.items(ValueKind.WINDOW):
            key, front = StateKey(StateKind.WINDOW, name), decode_front(raw)
            named += len(front.panes)
            if (known := timings.get(key.rule)) is not None:
                due = front.due_at if front.timing == known else self._due(partition, key)
                schedules[partition].note(key, due, front.offset)
        if self.values.count(ValueKind.PANE) != named:
            self._note_orphans()

    def _due(self, partition: int, key: StateKey) -> datetime | None:
        """When a state is due whose head was written by another timing of its rule."""
        parts = self.partition(partition).windows.read(key.name)
        return self.processors.due_at(key, None if parts is None else parts.state)

    def _note_orphans(self) -> None:
        panes: dict[int, list[TableKey]] = defaultdict(list)
        for key, _ in self.values.items(ValueKind.PANE):
            panes[key.partition].append(key)
        for partition, keys in panes.items():
            self.partition(partition).windows.note_orphans(keys)
