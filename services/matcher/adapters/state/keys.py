"""The keys of the table: `PARTITION:KIND:KEY`, those of panes `PARTITION:p:PANE:KEY`.

The partition comes first, since Faust's table and its changelog are divided by it.
"""

from enum import Enum
from typing import NamedTuple

from services.matcher.domain.windows.pane_names import Content, Pane


class ValueKind(bytes, Enum):
    """What the value under a key is: its part of the key."""

    WINDOW = b":w:"
    """The head of a window's state: all but its panes."""
    PANE = b":p:"
    """Some of the hits, or of the dated events, of a window's state."""
    HYPOTHESIS = b":h:"
    SOURCE = b":s:"
    NEW_GROUPS = b":n:"
    STORM = b":f:"
    VERSION = b":v:"
    """What is known of a version of a report that was corrected."""
    PROGRESS = b":g:"
    TOPIC = b":t:"
    """The signals topic whose messages the states have applied."""


class TableKey(NamedTuple):
    """The key of one value: its kind, its signals partition, and the key of its state there.

    A progress or topic is the only one of its partition and has no `key`; only panes have a `pane`.
    """

    kind: ValueKind
    partition: int
    key: bytes = b""
    pane: Pane | None = None

    def encode(self) -> bytes:
        """The key as it is in the table."""
        if self.pane is None:
            return b"%d%s%s" % (self.partition, self.kind, self.key)
        content, bits, number, at = self.pane
        name = b"%d.%d.%d.%s" % (content, bits, number, b"" if at is None else b"%d" % at)
        return b"%d%s%s:%s" % (self.partition, self.kind, name, self.key)


def decode_key(raw: bytes) -> TableKey:
    """The key back from `TableKey.encode`.

    Raises:
        ValueError: these bytes are no such key.
    """
    partition, letter, key = raw.split(b":", 2)
    kind = ValueKind(b":%s:" % letter)
    if kind is not ValueKind.PANE:
        return TableKey(kind, int(partition), key)
    name, key = key.split(b":", 1)
    content, bits, number, at = name.split(b".")
    pane = Pane(Content(int(content)), int(bits), int(number), int(at) if at else None)
    return TableKey(kind, int(partition), key, pane)


def partition_of(raw: bytes) -> int:
    """The signals partition of a key of the table."""
    return int(raw[: raw.index(b":")])


def has_kind(raw: bytes, kind: ValueKind) -> bool:
    """Whether a key of the table is of this kind; a kind that is not known here is none."""
    return raw.startswith(kind, raw.index(b":"))
