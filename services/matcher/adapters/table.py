"""The table of the windows, as Faust keeps it."""

from collections.abc import Set as AbstractSet

import faust
from faust.types import TableT

from services.matcher.adapters.windows import parted

NAME = "windows"


def changelog_name(app_id: str) -> str:
    """The topic that the table is recovered from."""
    return f"{app_id}-{NAME}-changelog"


def windows_table(app: faust.App, partitions: int) -> TableT[bytes, bytes]:
    """A plain table of bytes with as many partitions as the signals topic."""
    table: TableT[bytes, bytes] = app.Table(
        NAME, key_type=bytes, value_type=bytes, partitions=partitions
    )
    return table


def release(table: TableT[bytes, bytes], owned: AbstractSet[int]) -> None:
    """Drop the states of partitions that went to another worker, from memory alone.

    Faust keeps those that were written here. When the partition comes back, its changelog may
    have been compacted past the deletions, and they would rise again.
    """
    foreign = [key for key in table.data if parted(key)[0] not in owned]
    for key in foreign:
        del table.data[key]
