"""The sources in force, read again when their files change."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from services.document_faults import sort_faults
from services.file_signature import Signature, sign
from services.followed_files import FollowedFile
from services.ingest.adapters.metrics import SOURCES, SOURCES_VALID
from services.ingest.adapters.sources.source_files import list_source_files, read_source_files
from services.ingest.domain.sources.source_kinds import KINDS
from services.ingest.domain.sources.source_set import SourceSet

CHECK_SECONDS = 1.0
NOTE = "sources"

FolderSignature = tuple[tuple[Path, Signature | None], ...]


class InvalidSources(ValueError):
    """The files cannot be used; one line for each fault."""


def follow_sources(folder: Path | None, notes: dict[str, str]) -> Callable[[], SourceSet]:
    """The sources in force, the same object until they change; without a folder none.

    Raises:
        InvalidSources: there is a fault at the start.
    """
    if folder is None:
        none = SourceSet()
        return lambda: none
    signature, sources = sign_folder(folder), _read_measured(folder)
    return FollowedFile(
        folder,
        _read_measured,
        sources,
        signature,
        notes,
        seconds=CHECK_SECONDS,
        note=NOTE,
        sign=sign_folder,
    )


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


def _read_measured(folder: Path) -> SourceSet:
    """The sources of the folder; whether they are valid, and how many of each kind, is measured."""
    try:
        sources = read_sources(folder)
    except InvalidSources:
        SOURCES_VALID.set(0)
        raise
    SOURCES_VALID.set(1)
    counts = Counter(type(source) for source in sources.by_id.values())
    for name, kind in KINDS.items():
        SOURCES.labels(name).set(counts[kind])
    return sources
