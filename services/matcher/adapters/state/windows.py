"""Windows: the states of the signals partitions that this worker owns, and when each is due."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

import msgspec

from services.matcher.domain.alerts.step import deadline, timing
from services.matcher.domain.changes.clock import Clock, decode_clock, encode_clock
from services.matcher.domain.engine.schedule import Schedule
from services.matcher.domain.windows.panes import (
    Pane,
    decode_front,
    decode_head,
    encode_head,
    encode_pane,
    pane_name,
    panes_of,
    whole,
)
from services.matcher.domain.windows.state import WindowState
from services.matcher.domain.windows.window_rule import WindowRule

LARGEST_PART = 900_000
"""Bytes of one part of a state, below what the producer and the broker take by default."""
MOST_USED = 4096
"""States kept in memory as they are, beside the table's bytes."""

CLOCK = b"clock"
HEAD_ENDS = b"]"
"""A window key is a JSON array; what a pane's key ends in is a number."""
SWEPT_AT_ONCE = 100
Rules = Mapping[tuple[str, str], WindowRule]
Timings = Mapping[tuple[str, str], str]

_KEY = msgspec.json.Decoder(list[Any])


class StateTooLarge(Exception):
    """The state would be too large for the table: dead-letter what led to it."""


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
    used: dict[bytes, WindowState] = field(default_factory=dict)
    orphans: list[bytes] = field(default_factory=list)

    def forget_schedules(self) -> None:
        """The table changed under us: partitions came or went."""
        self.schedules = None
        self.used.clear()

    def state(self, partition: int, key: bytes) -> WindowState:
        """What is kept for a window key; empty if nothing is."""
        place = _place(partition, key)
        known = self.used.pop(place, None)
        if known is None:
            known = self._read(place)
        self._use(place, known)
        return known

    def keep(self, partition: int, key: bytes, state: WindowState, when: datetime | None) -> None:
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
        writes[place] = encode_head(state, after, deadline(rule, state), timing(rule))
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

    def _read(self, place: bytes) -> WindowState:
        raw = self.table.get(place)
        if raw is None:
            return WindowState.empty()
        return whole(decode_head(raw), lambda pane: self.table.get(_pane_place(place, pane)))

    def _panes(self, place: bytes) -> set[Pane]:
        raw = self.table.get(place)
        return set() if raw is None else set(decode_front(raw).panes)

    def _delete(self, places: Iterable[bytes]) -> None:
        for place in places:
            if place in self.table:
                del self.table[place]

    def _use(self, place: bytes, state: WindowState) -> None:
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
        """Write the partition's clock; and sweep, while there is a message to write for."""
        self.table[_place(partition, CLOCK)] = encode_clock(clock)
        self._sweep(partition)

    def schedule(self, partition: int) -> Schedule:
        """The schedule of a partition, as live as the table."""
        if self.schedules is None:
            self.schedules = defaultdict(Schedule)
            self._take_stock(self.schedules)
        return self.schedules[partition]

    def _take_stock(self, schedules: dict[int, Schedule]) -> None:
        """One look at everything: when each state is due, and which panes no head names."""
        unnamed: Counter[bytes] = Counter()
        timings = {name: timing(rule) for name, rule in self.rules.items()}
        for place, raw in self.table.items():
            if place.endswith(HEAD_ENDS):
                unnamed[place] -= self._note(place, raw, schedules, timings)
            elif head := _head_of(place):
                unnamed[head] += 1
        # a crash leaves panes that are not named yet, or no more; none that is named is missing
        left = {head for head, number in unnamed.items() if number > 0}
        places = self.table if left else ()
        self.orphans = [place for place in places if _head_of(place) in left]

    def _note(
        self, place: bytes, raw: bytes, schedules: dict[int, Schedule], timings: Timings
    ) -> int:
        """Note when a state is due; the number of panes that its head names."""
        partition, key = parted(place)
        name = rule_of(key)
        try:
            front = decode_front(raw)
        except msgspec.DecodeError:
            return 0
        if name in timings:
            trusted = front.time == timings[name]
            due = front.when if trusted else deadline(self.rules[name], self._read(place))
            schedules[partition].note(key, due, front.offset)
        return len(front.panes)

    def _sweep(self, partition: int) -> None:
        """Delete panes that no head names, some at a time."""
        own = (place for place in self.orphans if parted(place)[0] == partition)
        some = set(islice(own, SWEPT_AT_ONCE))
        self._delete([place for place in some if not self._is_named(place)])
        self.orphans = [place for place in self.orphans if place not in some]

    def _is_named(self, place: bytes) -> bool:
        """Whether a pane belongs to a state: it may, since stock was taken."""
        head = _head_of(place)
        return place in {_pane_place(head, pane) for pane in self._panes(head)}


def rule_of(key: bytes) -> tuple[str, str]:
    """Pack and rule of a window key."""
    pack, rule, *_group = _KEY.decode(key)
    return pack, rule


def _place(partition: int, key: bytes) -> bytes:
    return b"%d:%s" % (partition, key)


def _pane_place(place: bytes, pane: Pane) -> bytes:
    return b"%s#%s" % (place, pane_name(pane))


def _head_of(place: bytes) -> bytes:
    """The place of the head that a pane is of; empty if this is no pane's place."""
    head, _, name = place.rpartition(b"#")
    return head if head.endswith(HEAD_ENDS) and name[-1:].isdigit() else b""


def _refuse_too_large(parts: Iterable[bytes]) -> None:
    largest = max(map(len, parts))
    if largest > LARGEST_PART:
        raise StateTooLarge(f"a part of the window has {largest} bytes of {LARGEST_PART} allowed")


def parted(place: bytes) -> tuple[int, bytes]:
    """Signals partition and the rest of a key of the table."""
    partition, key = place.split(b":", 1)
    return int(partition), key
