"""Keyed states: encoded states of the signals partitions of this worker, by key, in one table."""

from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass

from services.matcher.adapters.state.keys import StateKey, StateKind, decode_key

LARGEST_VALUE = 900_000
"""Bytes of one value, below what the producer and the broker take by default."""


class StateTooLarge(Exception):
    """The state would be too large for the table: dead-letter what led to it."""


@dataclass(frozen=True, slots=True)
class KeyedStates:
    """Values of every kind in `table`, which can be written only while a message is processed."""

    table: MutableMapping[bytes, bytes]

    def get(self, key: StateKey) -> bytes | None:
        """The value of a key, if it has one."""
        return self.table.get(key.encode())

    def put(self, values: Mapping[StateKey, bytes]) -> None:
        """Write values in this order.

        Raises:
            StateTooLarge: one of them is, and none was written.
        """
        largest = max(map(len, values.values()))
        if largest > LARGEST_VALUE:
            raise StateTooLarge(f"a part of the state has {largest} bytes; at most {LARGEST_VALUE}")
        for key, value in values.items():
            self.table[key.encode()] = value

    def delete(self, keys: Iterable[StateKey]) -> None:
        """Delete the values of keys, in this order; a key without one is passed over."""
        for raw in map(StateKey.encode, keys):
            if raw in self.table:
                del self.table[raw]

    def keys(self, kind: StateKind, partition: int) -> list[bytes]:
        """The keys of all states of a kind in a partition."""
        prefix = b"%d%s" % (partition, kind.value)
        return [raw[len(prefix) :] for raw in self.table if raw.startswith(prefix)]

    def items(self, kind: StateKind) -> Iterator[tuple[StateKey, bytes]]:
        """Every key of a kind, of all partitions, with its value; do not write meanwhile."""
        infix = kind.value
        for raw, value in self.table.items():
            if raw.startswith(infix, raw.index(b":")):
                yield decode_key(raw), value

    def count(self, kind: StateKind) -> int:
        """How many values of a kind there are, in all partitions."""
        infix = kind.value
        return sum(raw.startswith(infix, raw.index(b":")) for raw in self.table)
