"""A file of events, packed or not, within bounds."""

import io
import zipfile
import zlib

LARGEST_FILE = 32 * 1024 * 1024
"""Bytes unpacked; a file of 15 minutes has two million."""
_MAGIC = b"PK"


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
            names = archive.namelist()
            if not names:
                raise UnreadableArchive("no file in it")
            with archive.open(names[0]) as first:
                return first.read(LARGEST_FILE + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise UnreadableArchive(f"a damaged archive: {error}") from None
