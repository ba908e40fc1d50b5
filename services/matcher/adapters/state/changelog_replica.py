"""A replica of one partition of the table's changelog, in memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

Entry = tuple[bytes, bytes | None]
"""A key and its value, or None where it was deleted."""


@dataclass(slots=True)
class ChangelogReplica:
    """What a changelog partition holds up to `offset`, under an overlay of newer writes.

    The overlay has, by key, the values sent to Kafka and not yet acknowledged, the newest last.
    They stay apart since they are dropped when partitions move: they may never have been written.
    `size`: bytes of the keys and values in `entries`.
    """

    offset: int | None = None
    size: int = 0
    entries: dict[bytes, bytes] = field(default_factory=dict)
    overlay: dict[bytes, list[bytes | None]] = field(default_factory=dict)

    def get(self, key: bytes) -> bytes | None:
        """The value of a key as last written, if it has one."""
        written = self.overlay.get(key)
        return written[-1] if written else self.entries.get(key)

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        """Every key with its value as last written; do not write meanwhile."""
        for key, value in self.entries.items():
            if key not in self.overlay:
                yield key, value
        for key, written in self.overlay.items():
            if (last := written[-1]) is not None:
                yield key, last

    def follow(self, entries: Iterable[Entry], offset: int) -> None:
        """Apply messages of the changelog up to `offset`, in their order."""
        for key, value in entries:
            if (before := self.entries.get(key)) is not None:
                self.size -= len(key) + len(before)
            if value is None:
                self.entries.pop(key, None)
            else:
                self.entries[key] = value
                self.size += len(key) + len(value)
        self.offset = offset

    def write(self, key: bytes, value: bytes | None) -> None:
        """Note a value that was sent to the changelog, or with None a deletion."""
        self.overlay.setdefault(key, []).append(value)

    def acknowledge(self, key: bytes, value: bytes | None, offset: int) -> None:
        """Apply a write that the changelog has as its message at `offset`.

        It may be one from before partitions moved, which is in the overlay no more.
        """
        if self.offset is None or offset > self.offset:
            self.follow([(key, value)], offset)
        waiting = self.overlay.get(key, [])
        if waiting and waiting[0] == value:
            del waiting[0]
            if not waiting:
                del self.overlay[key]
