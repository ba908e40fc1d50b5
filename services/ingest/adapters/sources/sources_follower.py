"""The sources in force, read again when their files change."""

import time
from collections import Counter
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path

from services.document_faults import sort_faults
from services.file_signature import Signature, sign
from services.ingest.adapters.metrics import SOURCES, SOURCES_VALID
from services.ingest.adapters.sources.source_files import list_source_files, read_source_files
from services.ingest.domain.sources.source_kinds import KINDS
from services.ingest.domain.sources.source_set import SourceSet
from services.telemetry import logger

log = logger(__name__)

CHECK_SECONDS = 1.0
NOTE = "sources"

FolderSignature = tuple[tuple[Path, Signature | None], ...]


class InvalidSources(Exception):
    """The files cannot be used; one line for each fault."""


@dataclass
class SourcesFollower:
    """Looks at the folder once a second at most; where a file has a fault, the last good set stays.

    `notes` are those of /readyz; one names the faults of refused files. Call it from one thread.
    """

    folder: Path
    sources: SourceSet
    signature: FolderSignature
    notes: MutableMapping[str, str]
    clock: Callable[[], float] = time.monotonic
    _looked_at: float = field(default=float("-inf"))

    def __call__(self) -> SourceSet:
        """The sources in force now; the same object until they change."""
        now = self.clock()
        if now >= self._looked_at + CHECK_SECONDS:
            self._looked_at = now
            self._read_changed()
        return self.sources

    def _read_changed(self) -> None:
        signature = sign_folder(self.folder)
        if signature == self.signature:
            return
        self.signature = signature
        try:
            self.sources = read_sources(self.folder)
        except InvalidSources as error:
            self.notes[NOTE] = f"refused, the last good sources are in force: {error}"
            SOURCES_VALID.set(0)
            log.warning("sources refused", error=str(error))
        else:
            self.notes.pop(NOTE, None)
            note_sources(self.sources)
            log.info("sources read", folder=str(self.folder), count=len(self.sources.by_id))


def follow_sources(folder: Path | None, notes: MutableMapping[str, str]) -> Callable[[], SourceSet]:
    """The sources in force: those of the folder; without one none.

    Raises:
        InvalidSources: there is a fault at the start.
    """
    if folder is None:
        none = SourceSet()
        return lambda: none
    signature = sign_folder(folder)
    follower = SourcesFollower(folder, read_sources(folder), signature, notes)
    note_sources(follower.sources)
    return follower


def read_sources(folder: Path) -> SourceSet:
    """The sources of the folder.

    Raises:
        InvalidSources: a file has a fault; all are named.
    """
    files = read_source_files(folder)
    if files.faults:
        raise InvalidSources("\n".join(map(str, sort_faults(files.faults))))
    return files.source_set()


def sign_folder(folder: Path) -> FolderSignature:
    """Differs between the files of a folder and what replaces them."""
    return tuple((path, sign(path)) for path in list_source_files(folder))


def note_sources(sources: SourceSet) -> None:
    """Count the sources in force by kind."""
    SOURCES_VALID.set(1)
    counts = Counter(type(source) for source in sources.by_id.values())
    for name, kind in KINDS.items():
        SOURCES.labels(name).set(counts[kind])
