"""A folder of rules with the packs that its packs use, in folders beside them."""

import re
from collections.abc import Iterator
from pathlib import Path

from services.document_faults import DocumentFault
from services.matcher.adapters.rules.pack_files import HEAD, PackFiles, read_folder
from services.yaml_documents import read_documents

_NAME = re.compile(r"[a-z0-9][a-z0-9_\-]*")


def read_with_used(folder: Path) -> tuple[tuple[PackFiles, ...], tuple[DocumentFault, ...]]:
    """The pack in `folder`, or the packs below it, and the packs that they use.

    A used pack that is not there is left out: that is a fault of the pack that uses it. Reads
    files, never raises.
    """
    packs, faults = read_folder(folder)
    by_name = {pack.name: pack for pack in packs}
    pending = [*packs]
    while pending:
        pack = pending.pop()
        for name in _used_names(pack):
            beside = _parent(pack) / name
            if name not in by_name and (beside / HEAD).is_file():
                (used,), more = read_folder(beside)
                by_name[name] = used
                pending.append(used)
                faults += more
    return tuple(sorted(by_name.values(), key=lambda pack: pack.name)), faults


def _parent(pack: PackFiles) -> Path:
    folder = Path(pack.folder)
    return folder.parent if folder.name not in ("", "..") else folder.resolve().parent


def _used_names(pack: PackFiles) -> Iterator[str]:
    head = pack.folder / HEAD
    documents, _ = read_documents(str(head), pack.files.get(head, b""))
    for document in documents[:1]:
        uses = document.value.get("uses") if isinstance(document.value, dict) else None
        for name in uses if isinstance(uses, list) else ():
            if isinstance(name, str) and _NAME.fullmatch(name):
                yield name
