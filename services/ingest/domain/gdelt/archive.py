"""A file of events, packed or not, within bounds."""

import io
import zipfile
import zlib
from lzma import LZMAError

LARGEST_FILE = 32 * 1024 * 1024
"""Bytes unpacked; a file of 15 minutes has two million."""
_MAGIC = b"PK"
_DAMAGED = (zipfile.BadZipFile, zlib.error, LZMAError, EOFError, OSError, RuntimeError, ValueError)
"""What zipfile raises: also where names are no text, places negative, and methods unknown."""


class UnreadableArchive(ValueError):
    """The file cannot be unpacked; the message says why."""


def unpack(raw: bytes) -> bytes:
    """The first file of a ZIP archive; what is none stays as it is.

    Raises:
        UnreadableArchive: it is damaged, empty or too large.
    """
    content = _unpack_first(raw) if raw.startswith(_MAGIC) else raw
    if len(content) > LARGEST_FILE:
        raise UnreadableArchive(f"more than {LARGEST_FILE} bytes")
    return content


def _unpack_first(raw: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            for name in archive.namelist():
                with archive.open(name) as first:
                    return first.read(LARGEST_FILE + 1)
    except _DAMAGED as error:
        raise UnreadableArchive(f"a damaged archive: {error}") from None
    raise UnreadableArchive("no file in it")
