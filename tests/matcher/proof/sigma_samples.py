"""The samples and examples of the Sigma specification 2.1, as published and as Vedette takes them.

What differs, and why:

| published | here | why |
|---|---|---|
| no `name` | the file's name | alerts, tests and other rules call a rule by it: required |
| `taxonomy` | left out | it says which names fields have: here they are always an Event's |
| `User`, `dns.question.name` … | `attributes.…` | where an Event keeps what it does not know |
| `BytesOut`, `bytes_sent` … | `quantities.…` | numbers that can be summed are kept apart |
| a rule called by its `id` | a rule so named | bases are called by name; a UUID is a good name |
| a block that shows one key, or no title | not read, or a title given | it is no rule by itself |
"""

import re
import tarfile
from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import PurePath
from typing import Any

import yaml

from tests.matcher.proof.streams import data

ARCHIVE = "sigma_spec_correlation.tar.gz"
SAMPLES = "tests/schema/"
SPECIFICATION = "specification/sigma-correlation-rules-specification.md"
NUMBERS = frozenset({"BytesOut", "bytes_sent", "Image", "image"})
HTTP = frozenset({"http.response.status_code"})

Document = dict[str, Any]

_BLOCK = re.compile(r"^```(?:yaml|yml)?\n(.*?)^```", re.MULTILINE | re.DOTALL)


def published() -> Mapping[str, bytes]:
    """The rule files of the archive but filters, which are no rules, by name."""
    with tarfile.open(data(ARCHIVE)) as archive:
        names = [name for name in archive.getnames() if name.endswith(".yml")]
        rules = [name for name in names if SAMPLES in name and "/filter/" not in name]
        return {PurePath(name).stem: _read(archive, name) for name in rules}


def examples() -> tuple[tuple[Document, ...], ...]:
    """The blocks of the specification that hold a whole correlation, each as its documents."""
    with tarfile.open(data(ARCHIVE)) as archive:
        (name,) = (member for member in archive.getnames() if member.endswith(SPECIFICATION))
        text = _read(archive, name).decode()
    texts = (block[1] for block in _BLOCK.finditer(text) if "\ncorrelation:" in f"\n{block[1]}")
    blocks = (tuple(yaml.safe_load_all(block)) for block in texts)
    return tuple(block for block in blocks if any(map(_is_a_correlation, block)))


def _read(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(name)
    assert file is not None, name
    return file.read()


def _is_a_correlation(document: object) -> bool:
    return isinstance(document, dict) and "type" in (document.get("correlation") or {})


def renamed(document: Document, name: str) -> Document:
    """A published document as Vedette takes it, by the table above."""
    changed = deepcopy({key: value for key, value in document.items() if key != "taxonomy"})
    changed.setdefault("name", name)
    changed.setdefault("title", name)
    if "detection" in changed:
        changed["detection"]["selection"] = {
            field(key): value for key, value in changed["detection"]["selection"].items()
        }
        return changed
    section = changed["correlation"]
    aliases = section.get("aliases", {})
    section["group-by"] = [
        column if column in aliases else field(column) for column in section["group-by"]
    ]
    for bases in aliases.values():
        bases.update({base: field(column) for base, column in bases.items()})
    if "field" in section.get("condition", {}):
        section["condition"]["field"] = field(section["condition"]["field"])
    return changed


def field(name: str) -> str:
    """Where an Event keeps a field of other logs."""
    return f"quantities.{name}" if name in NUMBERS | HTTP else f"attributes.{name}"


def stubs(*documents: Document) -> Iterator[Document]:
    """A detection rule for each base rule that the samples name and do not show."""
    shown = {document["name"] for document in documents}
    sections = [document["correlation"] for document in documents if "correlation" in document]
    named = {base for section in sections for base in section["rules"]}
    for base in sorted(named - shown):
        yield {
            "title": base,
            "name": base,
            "logsource": {"category": "report"},
            "detection": {"selection": {"type": base}, "condition": "selection"},
        }
