"""What could not be read of packs: other files are not to be blamed for it."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import PurePath

from schemas.rule import NamedList, SiteList
from schemas.word_list import WordList
from services.document_faults import DocumentFault
from services.matcher.adapters.rules.pack_files import PackFiles
from services.matcher.domain.packs.documents import LocatedDocument, PackDocuments

_NAMED = re.compile(rb"\b(?:name|id):[ \t]*[\"']?([\w-]+)[\"']?[ \t]*(?:$|[,}#\r])", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Unread:
    """Names of lists, rules, members and sites in files at fault, and of the files.

    `folders` are those of packs that may use packs of which nothing was read.
    """

    names: frozenset[str] = frozenset()
    folders: frozenset[PurePath] = frozenset()

    def explains(self, fault: DocumentFault) -> bool:
        """Whether what the fault lacks may be among what was not read."""
        if not fault.lacks:
            return False
        return fault.lacks in self.names or not self.folders.isdisjoint(
            PurePath(fault.file).parents
        )


NOTHING_UNREAD = Unread()


def find_unread(
    packs: Iterable[PackFiles], read: Collection[PackDocuments], faults: Iterable[DocumentFault]
) -> Unread:
    """What the files at fault may have, of these packs and what was read of them."""
    faulty = {fault.file for fault in faults}
    names = frozenset(
        name
        for pack in packs
        for path, raw in pack.files.items()
        if str(path) in faulty
        for name in (path.stem, *(match.decode() for match in _NAMED.findall(raw)))
    )
    known = {pack.name for pack in read}
    folders = {
        PurePath(pack.origin.file).parent
        for pack in read
        if not known.issuperset(pack.pack.uses)
        or (pack.origin.file in faulty and not pack.pack.uses)
    }
    return Unread(names, frozenset(folders))


def drop_consequences(
    faults: Iterable[DocumentFault], packs: Collection[PackDocuments], unread: Unread
) -> tuple[DocumentFault, ...]:
    """The faults of compiling these packs without those that only follow from others.

    A list is lacking since it was not read or is at fault itself, a rule since its own fault
    is such a one.
    """
    kept = tuple(faults)
    causes = {fault.file for fault in kept if not fault.lacks}
    names = unread.names.union(_list_names(packs, causes))
    explained = replace(unread, names=names)
    while True:
        following = {fault for fault in kept if explained.explains(fault)}
        if not following:
            return kept
        kept = tuple(fault for fault in kept if fault not in following)
        explained = Unread(_rule_names(packs, {fault.file for fault in following}))


def _list_names(packs: Iterable[PackDocuments], files: Collection[str]) -> Iterator[str]:
    for pack in packs:
        lists: tuple[LocatedDocument[NamedList | WordList | SiteList], ...]
        lists = (*pack.lists, *pack.word_lists, *pack.places)
        for located in lists:
            if located.origin.file in files:
                yield located.document.name
                yield PurePath(located.origin.file).stem


def _rule_names(packs: Iterable[PackDocuments], files: Collection[str]) -> frozenset[str]:
    rules = (rule for pack in packs for rule in pack.rules)
    return frozenset(rule.document.name for rule in rules if rule.origin.file in files)
