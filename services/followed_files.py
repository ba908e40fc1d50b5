"""Files that are read again when they were replaced, without a restart.

Tokens, secrets and routes; and the folder of sources.
"""

import threading
import time
from collections.abc import Callable, ItemsView, Iterator, Mapping, ValuesView
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

import structlog

from services.file_signature import sign

LOOK_SECONDS = 2.0
FAULTS = (ValueError, OSError)

# not the logger of telemetry: settings import this, and commands would load a web framework
log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")


@dataclass(slots=True)
class FollowedFile(Generic[T]):
    """What a file holds: called, it gives the last good state, as of `seconds` ago at most.

    `read` raises ValueError or OSError, with a message that holds nothing secret. `notes` are those
    of /readyz: one, by default of the file's name, says that the file is refused. `sign` gives
    another value for what replaces it.
    """

    path: Path
    read: Callable[[Path], T]
    value: T
    signature: object
    notes: dict[str, str]
    clock: Callable[[], float] = time.monotonic
    seconds: float = LOOK_SECONDS
    note: str = ""
    sign: Callable[[Path], object] = sign
    _looked_at: float = float("-inf")
    _looking: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self) -> T:
        """What is in force; reads the file if it was replaced."""
        # while one thread reads the others get what was in force
        if self._looking.acquire(blocking=False):
            try:
                self._look(self.clock())
            finally:
                self._looking.release()
        return self.value

    def _look(self, now: float) -> None:
        if now < self._looked_at + self.seconds:
            return
        self._looked_at, signature = now, self.sign(self.path)
        if signature != self.signature:
            self.signature = signature
            self._read_again()

    def _read_again(self) -> None:
        note = self.note or self.path.name
        try:
            self.value = self.read(self.path)
        except FAULTS as error:
            self.notes[note] = f"the file is refused, its last good state is in force: {error}"
            log.warning("file refused", file=str(self.path), error=str(error))
        else:
            self.notes.pop(note, None)
            log.info("file read again", file=str(self.path))


def follow_file(
    path: Path,
    read: Callable[[Path], T],
    notes: dict[str, str] | None = None,
    note: str = "",
    seconds: float = LOOK_SECONDS,
) -> FollowedFile[T]:
    """Read the file now, and again whenever it is replaced.

    Raises:
        ValueError, OSError: as `read`; only here.
    """
    signature, notes = sign(path), {} if notes is None else notes
    return FollowedFile(path, read, read(path), signature, notes, seconds=seconds, note=note)


@dataclass(frozen=True, slots=True)
class LiveMapping(Mapping[K, V]):
    """A mapping that is what `read` gives now; its views do not change while they are used."""

    read: Callable[[], Mapping[K, V]]

    def __getitem__(self, key: K) -> V:
        return self.read()[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self.read())

    def __len__(self) -> int:
        return len(self.read())

    def items(self) -> ItemsView[K, V]:
        """Of one state of it."""
        return self.read().items()

    def values(self) -> ValuesView[V]:
        """Of one state of it."""
        return self.read().values()
