"""Keyed states: encoded states of the signals partitions of this worker, by key, in one table."""

from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass

from services.matcher.adapters.state.keys import TableKey, ValueKind, decode_key

LARGEST_VALUE = 900_000
"""Bytes of one value, below what the producer and the broker take by default."""


@dataclass(frozen=True, slots=True)
class KeyedStates:
    """Values of every kind in `table`, which can be written only while a message is processed."""

    table: MutableMapping[bytes, bytes]

    def get(self, key: TableKey) -> bytes | None:
        """The value of a key, if it has one."""
        return self.table.get(key.encode())

    def put(self, values: Mapping[TableKey, bytes]) -> None:
        """Write values in this order. Whoever makes them keeps each of them below LARGEST_VALUE."""
        largest = max(map(len, values.values()))
        if largest > LARGEST_VALUE:
            raise AssertionError(f"a part of the state has {largest} bytes: {LARGEST_VALUE} fit")
        for key, value in values.items():
            self.table[key.encode()] = value

    def delete(self, keys: Iterable[TableKey]) -> None:
        """Delete the values of keys, in this order; a key without one is passed over."""
        for raw in map(TableKey.encode, keys):
            if raw in self.table:
                del self.table[raw]

    def keys(self, kind: ValueKind, partition: int) -> list[bytes]:
        """The keys of all states of a kind in a partition."""
        prefix = b"%d%s" % (partition, kind)
        return [raw[len(prefix) :] for raw in self.table if raw.startswith(prefix)]

    def find(self, kind: ValueKind, beginning: bytes) -> list[TableKey]:
        """The keys of a kind that begin so, of all partitions. Looks at every key of the table."""
        wanted = kind + beginning
        return [decode_key(raw) for raw in self.table if raw.startswith(wanted, raw.index(b":"))]

    def items(self, kind: ValueKind) -> Iterator[tuple[TableKey, bytes]]:
        """Every key of a kind, of all partitions, with its value; do not write meanwhile."""
        for raw, value in self.table.items():
            if raw.startswith(kind, raw.index(b":")):
                yield decode_key(raw), value

    def count(self, kind: ValueKind) -> int:
        """How many values of a kind there are, in all partitions."""
        return sum(raw.startswith(kind, raw.index(b":")) for raw in self.table)
