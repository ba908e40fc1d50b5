"""Windows: the states of windows, in parts that are written singly, and when each is due."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

import msgspec

from services.matcher.adapters.state.keyed_states import KeyedStates
from services.matcher.adapters.state.keys import StateKey, StateKind
from services.matcher.domain.alerts.step import deadline, timing
from services.matcher.domain.changes.clock import Clock, decode_clock, encode_clock
from services.matcher.domain.engine.schedule import Schedule
from services.matcher.domain.windows.panes import (
    Front,
    Pane,
    assemble_state,
    decode_front,
    decode_head,
    encode_head,
    encode_pane,
    split_hits,
)
from services.matcher.domain.windows.state import WindowState
from services.matcher.domain.windows.window_rule import WindowRule

MOST_USED = 4096
"""States kept in memory decoded, beside the table's bytes."""
SWEPT_AT_ONCE = 100
Rules = Mapping[tuple[str, str], WindowRule]

_KEY = msgspec.json.Decoder(list[Any])


@dataclass(slots=True)
class Windows:
    """The states of windows by signals partition and window key, and the partitions' clocks.

    The hits of a state lie in panes, beside its head. Schedules, and the states used last, are in
    memory too, and built again from the table when partitions have moved.
    """

    states: KeyedStates
    rules: Rules
    schedules: dict[int, Schedule] | None = None
    used: dict[tuple[int, bytes], WindowState] = field(default_factory=dict)
    orphans: list[StateKey] = field(default_factory=list)

    def forget_schedules(self) -> None:
        """Partitions came or went: forget what was read of the table."""
        self.schedules = None
        self.used.clear()

    def state(self, partition: int, key: bytes) -> WindowState:
        """The state of a window key; empty if there is none."""
        known = self.used.pop((partition, key), None)
        if known is None:
            known = self._read(partition, key)
        self._use(partition, key, known)
        return known

    def keep(self, partition: int, key: bytes, state: WindowState, when: datetime | None) -> None:
        """Write what changed of a state, due at `when`.

        The panes before the head that names them: a crash on the way leaves at most a hit that is
        there already when its message comes again, which changes nothing.

        Raises:
            StateTooLarge: nothing was written.
        """
        rule, written = self.rules[rule_of(key)], self._panes(partition, key)
        before, after = split_hits(rule, self.state(partition, key)), split_hits(rule, state)
        # a rule that looks back further than it did has wider panes, none of which is there yet
        writes = {
            _pane_key(partition, key, pane): encode_pane(hits)
            for pane, hits in after.items()
            if pane not in written or before.get(pane) != hits
        }
        head = encode_head(state, after, deadline(rule, state), timing(rule))
        self.states.put({**writes, _head_key(partition, key): head})
        self.states.delete(_pane_key(partition, key, pane) for pane in written - after.keys())
        self._use(partition, key, state)
        self.schedule(partition).note(key, when, state.offset)

    def drop(self, partition: int, key: bytes) -> None:
        """Delete a state."""
        panes = (_pane_key(partition, key, pane) for pane in self._panes(partition, key))
        self.states.delete([_head_key(partition, key), *panes])
        self.used.pop((partition, key), None)
        self.schedule(partition).drop(key)

    def _read(self, partition: int, key: bytes) -> WindowState:
        raw = self.states.get(_head_key(partition, key))
        if raw is None:
            return WindowState.empty()
        return assemble_state(
            decode_head(raw), lambda pane: self.states.get(_pane_key(partition, key, pane))
        )

    def _panes(self, partition: int, key: bytes) -> set[Pane]:
        raw = self.states.get(_head_key(partition, key))
        return set() if raw is None else set(decode_front(raw).panes)

    def _use(self, partition: int, key: bytes, state: WindowState) -> None:
        self.used[partition, key] = state
        if len(self.used) > MOST_USED:
            del self.used[next(iter(self.used))]

    def keys(self, partition: int) -> list[bytes]:
        """The window keys that have a state in a partition, whether or not their rule is there."""
        return self.states.keys(StateKind.WINDOW, partition)

    def clock(self, partition: int) -> Clock:
        """The partition's clock as last kept."""
        raw = self.states.get(StateKey(StateKind.CLOCK, partition))
        return Clock() if raw is None else decode_clock(raw)

    def keep_clock(self, partition: int, clock: Clock) -> None:
        """Write the partition's clock, and delete orphaned panes while the table can be written."""
        self.states.put({StateKey(StateKind.CLOCK, partition): encode_clock(clock)})
        self._sweep(partition)

    def schedule(self, partition: int) -> Schedule:
        """The schedule of a partition, which follows what is kept and dropped."""
        if self.schedules is None:
            self.schedules = defaultdict(Schedule)
            self.orphans = self._take_stock(self.schedules)
        return self.schedules[partition]

    def _take_stock(self, schedules: dict[int, Schedule]) -> list[StateKey]:
        """Note when each state is due; the answer: the panes that no head names.

        A crash leaves some that are not named yet, or no more, and never one that is named and
        missing: so there are none if there are as many as are named.
        """
        named = 0
        timings = {name: timing(rule) for name, rule in self.rules.items()}
        for (_, partition, key, _), raw in self.states.items(StateKind.WINDOW):
            front, name = decode_front(raw), rule_of(key)
            named += len(front.panes)
            if name in timings:
                due = self._due(partition, key, front, timings[name])
                schedules[partition].note(key, due, front.offset)
        if self.states.count(StateKind.PANE) == named:
            return []
        panes = [key for key, _ in self.states.items(StateKind.PANE)]
        return [key for key in panes if not self._is_named(key)]

    def _due(self, partition: int, key: bytes, front: Front, rule_timing: str) -> datetime | None:
        """When a state is due: as its head says, unless by another timing of its rule."""
        if front.timing == rule_timing:
            return front.due_at
        return deadline(self.rules[rule_of(key)], self._read(partition, key))

    def _sweep(self, partition: int) -> None:
        """Delete panes that no head names, some at a time."""
        own = (key for key in self.orphans if key.partition == partition)
        some = set(islice(own, SWEPT_AT_ONCE))
        self.states.delete(key for key in some if not self._is_named(key))
        self.orphans = [key for key in self.orphans if key not in some]

    def _is_named(self, pane: StateKey) -> bool:
        """Whether a pane belongs to a state: it may, since stock was taken."""
        return pane.pane in self._panes(pane.partition, pane.key)


def rule_of(key: bytes) -> tuple[str, str]:
    """Pack and rule of a window key."""
    pack, rule, *_group = _KEY.decode(key)
    return pack, rule


def _head_key(partition: int, key: bytes) -> StateKey:
    return StateKey(StateKind.WINDOW, partition, key)


def _pane_key(partition: int, key: bytes, pane: Pane) -> StateKey:
    return StateKey(StateKind.PANE, partition, key, pane)
