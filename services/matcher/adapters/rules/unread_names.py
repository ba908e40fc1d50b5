"""The names in files that could not be read whole: other files are not to be blamed for them."""

import re
from collections.abc import Collection, Iterable

from services.document_faults import DocumentFault
from services.matcher.adapters.rules.pack_files import PackFiles

_NAMED = re.compile(rb"\b(?:name|id):[ \t]*[\"']?([\w-]+)[\"']?[ \t]*(?:$|[,}#\r])", re.MULTILINE)


def find_unread(packs: Iterable[PackFiles], faults: Collection[DocumentFault]) -> frozenset[str]:
    """The names of lists, rules, members and sites in the files at fault, and of the files."""
    faulty = {fault.file for fault in faults}
    return frozenset(
        name
        for pack in packs
        for path, raw in pack.files.items()
        if str(path) in faulty
        for name in (path.stem, *(match.decode() for match in _NAMED.findall(raw)))
    )
