"""Windows: the states of the signals partitions that this worker owns, and when each is due."""

import json
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappop, heappush

from services.matcher.domain.clock import Clock, decode_clock, encode_clock
from services.matcher.domain.panes import (
    Pane,
    decode_head,
    encode_head,
    encode_pane,
    pane_name,
    panes_of,
    whole,
)
from services.matcher.domain.state import State
from services.matcher.domain.step import deadline
from services.matcher.domain.window_rule import WindowRule

LARGEST_PART = 900_000
"""Bytes of one part of a state, below what the producer and the broker take by default."""
MOST_USED = 4096
"""States kept in memory as they are, beside the table's bytes."""

CLOCK = b"clock"
HEAD_ENDS = b"]"
"""A window key is a JSON array; what a pane's key ends in is a number."""
Rules = Mapping[tuple[str, str], WindowRule]


class StateTooLarge(Exception):  # noqa: N818  (named for what it says, as every error here)
    """The state would be too large for the table: dead-letter what led to it."""


@dataclass(slots=True)
class Schedule:
    """When the states of one partition are due, and which message each has seen last."""

    due: list[tuple[datetime, bytes]] = field(default_factory=list)
    when: dict[bytes, datetime | None] = field(default_factory=dict)
    offsets: dict[bytes, int] = field(default_factory=dict)
    newest: int = -1

    def note(self, key: bytes, when: datetime | None, offset: int) -> None:
        """A state was kept; an entry of the heap that `when` does not confirm is void."""
        if when is not None and self.when.get(key) != when:
            heappush(self.due, (when, key))
        self.when[key] = when
        self.offsets[key] = offset
        self.newest = max(self.newest, offset)

    def drop(self, key: bytes) -> None:
        """A state was deleted."""
        self.when.pop(key, None)
        self.offsets.pop(key, None)

    def pop(self, clock: datetime) -> Iterator[bytes]:
        """Take out the keys that are due at `clock`; who keeps a state notes it again."""
        while self.due and self.due[0][0] <= clock:
            when, key = heappop(self.due)
            if self.when.get(key) == when:
                self.when[key] = None
                yield key

    def not_before(self, offset: int) -> tuple[bytes, ...]:
        """The keys of states that have seen the message at `offset`, or a later one."""
        if self.newest < offset:
            return ()
        return tuple(key for key, seen in self.offsets.items() if seen >= offset)


@dataclass(slots=True)
class Windows:
    """States and clocks by signals partition, in one table of bytes.

    The key of a state is its partition, a colon and its window key: partitions share the table,
    and a tick must find those of its own. Its hits lie beside it in panes, whose keys end in a
    number sign and their name. Schedules, and the states used last, are in memory too, and made
    anew from the table when partitions have moved.
    """

    table: MutableMapping[bytes, bytes]
    rules: Rules
    schedules: dict[int, Schedule] | None = None
    used: dict[bytes, State] = field(default_factory=dict)

    def forget_schedules(self) -> None:
        """The table changed under us: partitions came or went."""
        self.schedules = None
        self.used.clear()

    def state(self, partition: int, key: bytes) -> State:
        """What is kept for a window key; empty if nothing is."""
        place = _place(partition, key)
        known = self.used.pop(place, None)
        if known is None:
            known = self._read(place)
        self._use(place, known)
        return known

    def keep(self, partition: int, key: bytes, state: State, when: datetime | None) -> None:
        """Write what changed of a state, due at `when`.

        The panes before the head that names them: a crash on the way leaves at most a hit that is
        there already when its message comes again, which changes nothing.

        Raises:
            StateTooLarge: it was not written.
        """
        place, rule = _place(partition, key), self.rules[rule_of(key)]
        before, after = panes_of(rule, self.state(partition, key)), panes_of(rule, state)
        # a rule that looks back further than it did has wider panes, none of which is there yet
        written = self._panes(place)
        writes = {
            _pane_place(place, pane): encode_pane(hits)
            for pane, hits in after.items()
            if pane not in written or before.get(pane) != hits
        }
        writes[place] = encode_head(state, after)
        _refuse_too_large(writes.values())
        for name, raw in writes.items():
            self.table[name] = raw
        self._delete(_pane_place(place, pane) for pane in written - after.keys())
        self._use(place, state)
        self.schedule(partition).note(key, when, state.offset)

    def drop(self, partition: int, key: bytes) -> None:
        """Delete a state."""
        place = _place(partition, key)
        panes = self._panes(place)
        self._delete([place, *(_pane_place(place, pane) for pane in panes)])
        self.used.pop(place, None)
        self.schedule(partition).drop(key)

    def _read(self, place: bytes) -> State:
        raw = self.table.get(place)
        if raw is None:
            return State.empty()
        return whole(decode_head(raw), lambda pane: self.table.get(_pane_place(place, pane)))

    def _panes(self, place: bytes) -> set[Pane]:
        raw = self.table.get(place)
        return set() if raw is None else set(decode_head(raw).panes)

    def _delete(self, places: Iterable[bytes]) -> None:
        for place in places:
            if place in self.table:
                del self.table[place]

    def _use(self, place: bytes, state: State) -> None:
        self.used[place] = state
        if len(self.used) > MOST_USED:
            del self.used[next(iter(self.used))]

    def keys(self, partition: int) -> Iterator[bytes]:
        """The window keys that have a state in a partition, whether or not their rule is there.

        As they stand at the call: states may be kept and dropped while they are gone through.
        """
        own = b"%d:" % partition
        heads = [place for place in self.table if place.startswith(own)]
        return (place[len(own) :] for place in heads if place.endswith(HEAD_ENDS))

    def clock(self, partition: int) -> Clock:
        """The partition's clock as last kept."""
        raw = self.table.get(_place(partition, CLOCK))
        return Clock() if raw is None else decode_clock(raw)

    def keep_clock(self, partition: int, clock: Clock) -> None:
        """Write the partition's clock."""
        self.table[_place(partition, CLOCK)] = encode_clock(clock)

    def schedule(self, partition: int) -> Schedule:
        """The schedule of a partition, as live as the table."""
        if self.schedules is None:
            self.schedules = self._scheduled()
        return self.schedules.setdefault(partition, Schedule())

    def _scheduled(self) -> dict[int, Schedule]:
        schedules: dict[int, Schedule] = {}
        for place in self.table:
            partition, key = parted(place)
            rule = self.rules.get(rule_of(key)) if key.endswith(HEAD_ENDS) else None
            if rule is not None:
                state = self._read(place)
                schedule = schedules.setdefault(partition, Schedule())
                schedule.note(key, deadline(rule, state), state.offset)
        return schedules


def rule_of(key: bytes) -> tuple[str, str]:
    """Pack and rule of a window key."""
    pack, rule, *_group = json.loads(key)
    return pack, rule


def _place(partition: int, key: bytes) -> bytes:
    return b"%d:%s" % (partition, key)


def _pane_place(place: bytes, pane: Pane) -> bytes:
    return b"%s#%s" % (place, pane_name(pane))


def _refuse_too_large(parts: Iterable[bytes]) -> None:
    largest = max(map(len, parts))
    if largest > LARGEST_PART:
        raise StateTooLarge(f"a part of the window has {largest} bytes of {LARGEST_PART} allowed")


def parted(place: bytes) -> tuple[int, bytes]:
    """Signals partition and the rest of a key of the table."""
    partition, key = place.split(b":", 1)
    return int(partition), key
