"""The folder of a stack: deleted at its end, or by the next stack if this one is killed."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

PREFIX = "vedette-up-"
LOCK = "lock"


@contextmanager
def stack_folder(parent: Path) -> Iterator[Path]:
    """A new folder in `parent` for this user alone; the abandoned ones there are deleted."""
    for folder in filter(_is_abandoned, parent.glob(f"{PREFIX}*")):
        shutil.rmtree(folder, ignore_errors=True)
    with (
        TemporaryDirectory(prefix=PREFIX, dir=parent, ignore_cleanup_errors=True) as name,
        _locked(Path(name)),
    ):
        yield Path(name)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """The kernel releases the lock when this process dies, however it does."""
    draft = folder / f"{LOCK}.new"
    draft.touch(mode=0o600)
    with draft.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        draft.rename(folder / LOCK)  # never there unlocked
        yield


def _is_abandoned(folder: Path) -> bool:
    """Whether it is this user's and its stack is dead; one without a lock is just being made."""
    try:
        if folder.lstat().st_uid != os.getuid():
            return False
        with (folder / LOCK).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
