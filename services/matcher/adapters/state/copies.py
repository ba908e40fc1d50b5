"""Where the copies of the changelog live: in memory, or in a directory that is kept."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.matcher.adapters.state.changelog import Changelog
from services.matcher.adapters.state.changelog_replica import MemoryReplica
from services.matcher.adapters.state.kept_copy import open_kept
from services.matcher.adapters.state.store import OpenCopy
from services.matcher.adapters.topics.cluster import KafkaUnusable


def in_memory(_partition: int) -> MemoryReplica:
    """An empty copy, to be filled from the changelog."""
    return MemoryReplica()


@contextmanager
def in_directory(folder: Path, changelog: Changelog) -> Iterator[OpenCopy]:
    """Copies below `folder`, which this process alone uses until the end of the context.

    Raises:
        KafkaUnusable: it cannot be written, or another worker has it.
    """
    place = folder / changelog.topic
    try:
        place.mkdir(parents=True, exist_ok=True)
        lock = os.open(place / "lock", os.O_RDWR | os.O_CREAT)
    except OSError as error:
        raise KafkaUnusable(f"VEDETTE_STATE_DIR: {place}: {error.strerror}") from error
    try:
        _claim(lock, place)
        yield lambda partition: open_kept(
            place / str(partition), f"{changelog.identity} {partition}"
        )
    finally:
        os.close(lock)


def _claim(lock: int, place: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        why = "another worker uses it; give each a directory of its own"
        raise KafkaUnusable(f"VEDETTE_STATE_DIR: {place}: {why}") from None
