"""A copy of a changelog partition in a directory, which outlives the process.

A directory is trusted only if it says itself that it is of this very partition, how far it came
and when. Whatever else is found is deleted, and the copy begins again with the first message.
"""

import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rocksdict import Options, Rdict, WriteBatch

from services import telemetry
from services.matcher.adapters.state.changelog import DELETIONS_KEPT_SECONDS
from services.matcher.adapters.state.changelog_replica import Entry

log = telemetry.logger(__name__)

IDENTITY, PROGRESS = b"\0identity", b"\0progress"
FIRST = b"0"
"""Keys of the table begin with the number of their partition: these two come before all."""
DAMAGED = "DAMAGED"
WRITE_BUFFER = 8 * 1024 * 1024
LONGEST_AWAY_SECONDS = DELETIONS_KEPT_SECONDS * 2 // 3
"""Who was away for longer than the changelog keeps deletions may have missed some."""

Clock = Callable[[], float]


class Untrusted(Exception):
    """A directory is no copy of this changelog partition, or too old a one."""


class Damaged(Exception):
    """A directory cannot be read or written any more; the next start makes it anew."""


class KeptCopy:
    """What the changelog partition says up to `offset`, in the directory `folder`.

    Each write is atomic with the offset that it leads to, so a copy whose process was killed is
    as good as one that was closed: it stands some messages further back at most.
    """

    def __init__(self, folder: Path, identity: str, clock: Clock) -> None:
        """Opens what is there, or begins.

        Raises:
            Untrusted: what is there is something else.
        """
        self._folder, self._identity, self._clock = folder, identity, clock
        self._db = _opened(folder)
        try:
            self.offset = self._accepted()
        except Exception as error:
            self._db.close()
            raise Untrusted(str(error)) from error

    def _accepted(self) -> int | None:
        mark, progress = self._db.get(IDENTITY), self._db.get(PROGRESS)
        if mark is None and next(self._raw(b""), None) is None:
            self._db.put(IDENTITY, self._identity.encode())
            return None
        if mark != self._identity.encode():
            raise Untrusted("it is of something else")
        return None if progress is None else self._recent(progress)

    def _recent(self, progress: bytes) -> int:
        offset, at = map(int, progress.split())
        if not 0 <= self._clock() - at <= LONGEST_AWAY_SECONDS:
            raise Untrusted(f"it was left {self._clock() - at:.0f} s ago: it may miss deletions")
        return offset

    def get(self, key: bytes) -> bytes | None:
        """The value of a key, if it has one."""
        with self._watched():
            value: bytes | None = self._db.get(key)
        return value

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        """Every key with its value, in order of keys."""
        with self._watched():
            yield from self._raw(FIRST)

    def _raw(self, first: bytes) -> Iterator[tuple[bytes, bytes]]:
        # not `items()` of rocksdict: at a damaged block that ends as if there were no more
        found = self._db.iter()
        try:
            found.seek(first)
            while found.valid():
                yield found.key(), found.value()
                found.next()
            found.status()
        finally:
            # one that lives on, in the frames of an exception, keeps the directory locked
            del found

    def follow(self, entries: Iterable[Entry], offset: int) -> None:
        """Take in the messages up to `offset`, together with that offset."""
        batch = WriteBatch(raw_mode=True)
        for key, value in entries:
            if value is None:
                batch.delete(key)
            else:
                batch.put(key, value)
        batch.put(PROGRESS, b"%d %d" % (offset, int(self._clock())))
        with self._watched():
            self._db.write(batch)
        self.offset = offset

    def clear(self) -> None:
        """Forget everything."""
        self._db.close()
        shutil.rmtree(self._folder)
        self._db = _opened(self._folder)
        self.offset = self._accepted()

    def close(self) -> None:
        """Let go of the directory."""
        self._db.close()

    @contextmanager
    def _watched(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            (self._folder / DAMAGED).touch()
            raise Damaged(f"{self._folder}: {error}; start again and it is made anew") from error


def open_kept(folder: Path, identity: str, clock: Clock = time.time) -> KeptCopy:
    """The copy in `folder`: as it was left where it can be trusted, else an empty one."""
    try:
        return KeptCopy(folder, identity, clock)
    except Untrusted as error:
        log.warning("a kept state is not used", folder=str(folder), reason=str(error))
    shutil.rmtree(folder)
    return KeptCopy(folder, identity, clock)


def _opened(folder: Path) -> Rdict:
    if (folder / DAMAGED).exists():
        raise Untrusted("it was found damaged")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        return Rdict(str(folder), _options())
    except Exception as error:
        raise Untrusted(f"it cannot be opened: {error}") from error


def _options() -> Options:
    options = Options(raw_mode=True)
    options.create_if_missing(True)  # noqa: FBT003  (the library's signature)
    options.set_write_buffer_size(WRITE_BUFFER)
    options.set_keep_log_file_num(2)
    return options
