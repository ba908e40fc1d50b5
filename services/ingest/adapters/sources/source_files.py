"""Reads sources/*.yaml: every good source, and every fault of every file."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from services.document_faults import DocumentFault, InvalidField, suggest_name
from services.ingest.domain.sources import (
    file_sources,
    mapping_document,
    polled_sources,
    pushed_sources,
    source_document,
    written_values,
)
from services.ingest.domain.sources.source_kinds import KINDS
from services.ingest.domain.sources.source_set import LocatedSource, SourceSet, find_set_faults
from services.validation_errors import list_errors, list_keys
from services.yaml_documents import YamlDocument, read_documents

LARGEST_FILE = 1024 * 1024
_KEYS = list_keys(
    file_sources, mapping_document, polled_sources, pushed_sources, source_document, written_values
)


@dataclass(frozen=True, slots=True)
class SourceFiles:
    """The good sources of a folder, and the faults of its files."""

    sources: tuple[LocatedSource, ...]
    faults: tuple[DocumentFault, ...]

    def source_set(self) -> SourceSet:
        """The good sources."""
        return SourceSet.collect(located.document for located in self.sources)


def list_source_files(folder: Path) -> list[Path]:
    """The `.yaml` files of the folder, and no deeper, in order."""
    return sorted(folder.glob("*.yaml"))


def read_source_files(folder: Path) -> SourceFiles:
    """The sources of the folder. Reads files, never raises.

    A file holds one source, or several with `---` between them.
    """
    if not folder.is_dir():
        return SourceFiles((), (DocumentFault(str(folder), 1, "", "no such folder"),))
    raw: dict[str, bytes] = {}
    faults = [
        DocumentFault(str(path), 1, "", "would never be read", "name it .yaml")
        for path in sorted(folder.glob("*.yml"))
    ]
    for path in list_source_files(folder):
        try:
            with path.open("rb") as opened:
                raw[str(path)] = opened.read(LARGEST_FILE + 1)
        except OSError as error:
            faults.append(DocumentFault(str(path), 1, "", f"cannot be read: {error.strerror}"))
    return parse_source_files(raw, faults)


def parse_source_files(
    raw: Mapping[str, bytes], faults: Iterable[DocumentFault] = ()
) -> SourceFiles:
    """The sources in the text of files by name; `faults` are those of reading them."""
    all_faults = list(faults)
    sources = [each for file, text in raw.items() for each in _read_file(file, text, all_faults)]
    all_faults += find_set_faults(sources)
    return SourceFiles(tuple(sources), tuple(all_faults))


def _read_file(file: str, text: bytes, faults: list[DocumentFault]) -> Iterator[LocatedSource]:
    if len(text) > LARGEST_FILE:
        faults.append(DocumentFault(file, 1, "", f"is larger than {LARGEST_FILE} bytes"))
        return
    documents, file_faults = read_documents(file, text)
    faults += file_faults
    if not documents and not file_faults:
        faults.append(DocumentFault(file, 1, "", "is empty"))
    for document in documents:
        try:
            yield _read_source(document)
        except InvalidField as error:
            faults.append(document.origin.fault(error))
        except ValidationError as error:
            errors = list_errors(error, document.value, _KEYS)
            faults += map(document.origin.fault, errors)


def _read_source(document: YamlDocument) -> LocatedSource:
    value = document.value
    if not isinstance(value, dict):
        raise InvalidField((), "must be a map of keys and values")
    kind = value.get("kind")
    if "kind" not in value:
        raise InvalidField(("kind",), "is missing", f"write one of {', '.join(KINDS)}")
    if not isinstance(kind, str) or kind not in KINDS:
        hint = suggest_name(str(kind), KINDS) or f"write one of {', '.join(KINDS)}"
        raise InvalidField(("kind",), f"there is no kind {str(kind)[:40]!r}", hint)
    return LocatedSource(KINDS[kind].model_validate(value), document.origin)
