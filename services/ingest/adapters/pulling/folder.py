"""Files of a folder that sources are read from. Everything here blocks."""

from pathlib import Path

from services.ingest.domain.fetching.failure import FailureReason, FetchFailed

LARGEST_FILE = 64 * 1024 * 1024


def list_names(folder: Path) -> list[str]:
    """The names of the files in the folder, in order; hidden ones are being written.

    Raises:
        FetchFailed: it cannot be read.
    """
    try:
        files = [path.name for path in folder.iterdir() if path.is_file()]
    except OSError as error:
        raise FetchFailed(FailureReason.UNREADABLE, f"{folder}: {error.strerror}") from None
    return sorted(name for name in files if not name.startswith("."))


def read_file(path: Path) -> bytes:
    """The bytes of a file.

    Raises:
        FetchFailed: it cannot be read, or is too large.
    """
    try:
        with path.open("rb") as opened:
            raw = opened.read(LARGEST_FILE + 1)
    except OSError as error:
        raise FetchFailed(FailureReason.UNREADABLE, f"{path}: {error.strerror}") from None
    if len(raw) > LARGEST_FILE:
        raise FetchFailed(FailureReason.TOO_LARGE, f"{path}: more than {LARGEST_FILE} bytes")
    return raw
