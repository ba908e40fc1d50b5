"""Windows: the states of the signals partitions that this worker owns, and when each is due."""

import json
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappop, heappush

from services.matcher.domain.clock import Clock, decode_clock, encode_clock
from services.matcher.domain.state import State, decode, encode
from services.matcher.domain.step import deadline
from services.matcher.domain.window_rule import WindowRule

LARGEST_STATE = 900_000
"""Bytes of one state, below what the producer and the broker take by default."""

CLOCK = b"clock"
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
    and a tick must find those of its own. Schedules are in memory alone, and made anew from the
    table when partitions have moved.
    """

    table: MutableMapping[bytes, bytes]
    rules: Rules
    schedules: dict[int, Schedule] | None = None

    def forget_schedules(self) -> None:
        """The table changed under us: partitions came or went."""
        self.schedules = None

    def state(self, partition: int, key: bytes) -> State:
        """What is kept for a window key; empty if nothing is."""
        raw = self.table.get(_place(partition, key))
        return State.empty() if raw is None else decode(raw)

    def keep(self, partition: int, key: bytes, state: State, when: datetime | None) -> None:
        """Write a state, due at `when`.

        Raises:
            StateTooLarge: it was not written.
        """
        raw = encode(state)
        if len(raw) > LARGEST_STATE:
            raise StateTooLarge(f"the window holds {len(raw)} bytes of {LARGEST_STATE} allowed")
        self.table[_place(partition, key)] = raw
        self.schedule(partition).note(key, when, state.offset)

    def drop(self, partition: int, key: bytes) -> None:
        """Delete a state."""
        if (place := _place(partition, key)) in self.table:
            del self.table[place]
        self.schedule(partition).drop(key)

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
        for place, raw in self.table.items():
            partition, key = parted(place)
            rule = None if key == CLOCK else self.rules.get(rule_of(key))
            if rule is not None:
                state = decode(raw)
                schedule = schedules.setdefault(partition, Schedule())
                schedule.note(key, deadline(rule, state), state.offset)
        return schedules


def rule_of(key: bytes) -> tuple[str, str]:
    """Pack and rule of a window key."""
    pack, rule, *_group = json.loads(key)
    return pack, rule


def _place(partition: int, key: bytes) -> bytes:
    return b"%d:%s" % (partition, key)


def parted(place: bytes) -> tuple[int, bytes]:
    """Signals partition and window key (or CLOCK) of a key of the table."""
    partition, key = place.split(b":", 1)
    return int(partition), key
