"""A copy of one partition of the table's changelog, up to an offset: what a state store keeps."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

Entry = tuple[bytes, bytes | None]
"""A key and its value, or None where it was deleted."""


class ChangelogReplica(Protocol):
    """What the changelog partition says up to `offset`, and nothing else."""

    @property
    def offset(self) -> int | None:
        """The last message that is in it; None while there is none."""

    def get(self, key: bytes) -> bytes | None:
        """The value of a key, if it has one."""

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        """Every key with its value; nothing may be written meanwhile."""

    def follow(self, entries: Iterable[Entry], offset: int) -> None:
        """Take in the messages up to `offset`, in their order: all of them or, in a crash, none."""

    def clear(self) -> None:
        """Forget everything: it begins again with the first message."""

    def close(self) -> None:
        """Let go of it; not to be used again."""


@dataclass(slots=True)
class MemoryReplica:
    """A copy in memory, gone with the process."""

    offset: int | None = None
    entries: dict[bytes, bytes] = field(default_factory=dict)

    def get(self, key: bytes) -> bytes | None:
        """The value of a key, if it has one."""
        return self.entries.get(key)

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        """Every key with its value."""
        return iter(self.entries.items())

    def follow(self, entries: Iterable[Entry], offset: int) -> None:
        """Take in the messages up to `offset`."""
        for key, value in entries:
            if value is None:
                self.entries.pop(key, None)
            else:
                self.entries[key] = value
        self.offset = offset

    def clear(self) -> None:
        """Forget everything."""
        self.entries.clear()
        self.offset = None

    def close(self) -> None:
        """Let go of it."""
        self.clear()


@dataclass(slots=True)
class Overlay:
    """A copy, and over it what was written here and Kafka has not yet acknowledged.

    A kept copy must never be ahead of the changelog: the message that led to a write comes again
    after a crash, finds itself applied and writes nothing, and the write would be nowhere else.
    """

    copy: ChangelogReplica
    unanswered: dict[bytes, list[bytes | None]] = field(default_factory=dict)
    """By key: the values written whose answer has not come, the last one last."""

    def get(self, key: bytes) -> bytes | None:
        """The value of a key as last written."""
        written = self.unanswered.get(key)
        return written[-1] if written else self.copy.get(key)

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        """Every key with its value; nothing may be written meanwhile."""
        for key, value in self.copy.items():
            if key not in self.unanswered:
                yield key, value
        for key, written in self.unanswered.items():
            if (last := written[-1]) is not None:
                yield key, last

    def write(self, key: bytes, value: bytes | None) -> None:
        """A value was sent to the changelog, or with None a deletion."""
        self.unanswered.setdefault(key, []).append(value)

    def answered(self, key: bytes, value: bytes | None, offset: int) -> None:
        """The changelog has a write, as its message at `offset`.

        It may be one from before partitions moved, which nobody waits for any more.
        """
        if self.copy.offset is None or offset > self.copy.offset:
            self.copy.follow([(key, value)], offset)
        waiting = self.unanswered.get(key, [])
        if waiting and waiting[0] == value:
            del waiting[0]
            if not waiting:
                del self.unanswered[key]

    def forget_unanswered(self) -> None:
        """Partitions moved: what was not acknowledged by then may never have been written."""
        self.unanswered.clear()
