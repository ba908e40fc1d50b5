"""Files that commands read: plain, compressed, or standard input."""

import gzip
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from cli.faults import CommandFailure

TOPIC = "topic"
"""Instead of a file: everything that the events topic still holds."""


@contextmanager
def open_lines(file: str) -> Iterator[Iterable[bytes]]:
    """The lines of the file, unpacked if its name ends in `.gz`; `-` is standard input.

    Raises:
        CommandFailure: it cannot be opened, or is no such archive.
    """
    if file == "-":
        yield sys.stdin.buffer
        return
    with _open(file) as raw:
        try:
            yield _unpack(raw) if file.endswith(".gz") else raw
        except (gzip.BadGzipFile, EOFError) as error:
            raise CommandFailure(f"{file}: {error}") from error


def _open(file: str) -> BinaryIO:
    try:
        return Path(file).open("rb")
    except OSError as error:
        raise CommandFailure(f"{file}: {error.strerror}") from error


def _unpack(raw: BinaryIO) -> Iterable[bytes]:
    return cast("Iterable[bytes]", gzip.GzipFile(fileobj=raw))
