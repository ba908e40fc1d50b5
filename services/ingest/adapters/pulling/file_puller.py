"""Reads a file, or the files of a folder: what is new, and what has grown."""

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import Path

from pydantic import Field

from schemas.model import Model
from services.ingest.domain.fetching.failure import FailureReason, FetchFailed
from services.ingest.domain.files.file_items import FileFormat, FileItem, UnreadableFile
from services.ingest.domain.files.line_reader import LineReader
from services.ingest.domain.pulling.ports import PulledReports
from services.ingest.domain.pulling.position import read_position
from services.ingest.domain.pulling.reports import split_items

AT_ONCE = 200
MOST_FILES = 10_000
SETTLED_SECONDS = 5.0
"""A file that nobody wrote to for so long is whole."""


class FileProgress(Model):
    """How far a file is read: bytes and lines; which file it is, and how it was then."""

    inode: int = 0
    offset: int = 0
    lines: int = 0
    modified: int = 0


class FilesPosition(Model):
    """The progress of each file, by its name; of those that are gone nothing is kept."""

    files: dict[str, FileProgress] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FilePuller:
    """Implements Puller for a file, or for the files of a folder that match `pattern`.

    A file that was replaced, or has become shorter, is read from its beginning: ids of the source
    make that harmless. Hidden files are not read.
    """

    path: Path
    pattern: str
    format: FileFormat
    now: Callable[[], float] = time.time

    async def pull(self, position: str | None) -> AsyncGenerator[PulledReports, None]:
        """As Puller says: file by file, the oldest first."""
        last = read_position(FilesPosition, position).files
        found = await asyncio.to_thread(self._list_files)
        progress = {path.name: last[path.name] for path, _ in found if path.name in last}
        items: list[FileItem] = []
        faults: list[str] = []
        for path, status in found:
            while not _is_read_whole(known := progress.get(path.name, FileProgress()), status):
                try:
                    more, reached = await asyncio.to_thread(self._read_on, path, known)
                except (OSError, UnreadableFile) as error:
                    faults.append(f"{path.name}: {getattr(error, 'strerror', None) or error}")
                    break
                if reached == known:
                    break
                progress[path.name] = reached
                items += more
                if len(items) >= AT_ONCE:
                    yield _pack(items, progress)
                    items, last = [], dict(progress)
        if items or progress != last:
            yield _pack(items, progress)
        if faults:
            raise FetchFailed(FailureReason.UNREADABLE, "; ".join(faults[:3]))

    def _list_files(self) -> list[tuple[Path, os.stat_result | None]]:
        """The files, the oldest first, and how each is; None where that is not known."""
        if not self.path.is_dir():
            return [(self.path, None)]
        with os.scandir(self.path) as entries:
            files = sorted(
                ((Path(entry.path), entry.stat()) for entry in self._filter(entries)),
                key=lambda file: (file[1].st_mtime_ns, file[0]),
            )
        return [*files]

    def _filter(self, entries: Iterable[os.DirEntry[str]]) -> Iterator[os.DirEntry[str]]:
        for entry in islice(entries, MOST_FILES):
            if entry.is_file() and self._is_read(entry.name):
                yield entry

    def _is_read(self, name: str) -> bool:
        return not name.startswith(".") and fnmatchcase(name, self.pattern)

    def _read_on(self, path: Path, known: FileProgress) -> tuple[list[FileItem], FileProgress]:
        """The next items of a file; at its end none, and the same progress."""
        with path.open("rb") as opened:
            status = os.fstat(opened.fileno())
            if _is_replaced(known, status):
                known = FileProgress()
            here = FileProgress(
                inode=status.st_ino,
                offset=known.offset,
                lines=known.lines,
                modified=status.st_mtime_ns,
            )
            if known.offset == status.st_size:
                return [], here
            is_growing = self.now() - status.st_mtime < SETTLED_SECONDS
            head = LineReader(opened.readline, is_growing=is_growing)
            names = self.format.read_head(head)
            start = max(known.offset, head.offset)
            opened.seek(start)
            lines = LineReader(opened.readline, start, max(known.lines, head.count), is_growing)
            items = list(islice(self.format.read_items(lines, names), AT_ONCE))
        if not items:
            return [], here.model_copy(update={"offset": lines.offset, "lines": lines.count})
        last = items[-1]
        return items, here.model_copy(update={"offset": last.offset, "lines": last.count})


def _pack(items: list[FileItem], progress: dict[str, FileProgress]) -> PulledReports:
    written = FilesPosition(files=progress).model_dump_json(exclude_defaults=True)
    return split_items([each.item for each in items], written)


def _is_read_whole(known: FileProgress, status: os.stat_result | None) -> bool:
    """Whether the file need not be opened."""
    if status is None:
        return False
    seen = (known.inode, known.offset, known.modified)
    return seen == (status.st_ino, status.st_size, status.st_mtime_ns)


def _is_replaced(known: FileProgress, status: os.stat_result) -> bool:
    if known.inode != status.st_ino or status.st_size < known.offset:
        return True
    return status.st_size == known.offset and status.st_mtime_ns != known.modified
