"""The cases of lists of members: texts, and the members that they name."""

from collections.abc import Iterator

from schemas.rule import NameCases, NamedList
from services.document_faults import DocumentFault, FieldPath, InvalidField
from services.matcher.domain.detection.lists import Lists, build_lists
from services.matcher.domain.detection.mentions import find_members
from services.matcher.domain.packs.documents import PackDocuments
from services.matcher.domain.text.scan import ScannedText, Scanner


def find_name_faults(pack: PackDocuments) -> Iterator[DocumentFault]:
    """A fault for each text that does not name just the members that its case expects."""
    if not any(located.document.cases for located in pack.lists):
        return
    lists, _ = build_lists(pack.lists)
    scanner = Scanner(lists.literals())
    for located in pack.lists:
        # a list that is left out has a fault already
        if located.document.name in lists.members:
            for error in _find_differences(located.document, lists, scanner):
                yield located.origin.fault(error)


def _find_differences(
    document: NamedList, lists: Lists, scanner: Scanner
) -> Iterator[InvalidField]:
    for path, text, wanted in _expected(document.cases or NameCases()):
        mentions = find_members(lists, scanner.scan([ScannedText("text", text)]))
        named = {mention.member for mention in mentions} & lists.members[document.name]
        if named != wanted:
            yield InvalidField(path, f"{text!r} names {_list(named)}, not {_list(wanted)}")


def _expected(cases: NameCases) -> Iterator[tuple[FieldPath, str, set[str]]]:
    for text, ids in cases.holds.items():
        yield ("cases", "holds", text), text, {ids} if isinstance(ids, str) else set(ids)
    for index, text in enumerate(cases.lacks):
        yield ("cases", "lacks", index), text, set()


def _list(members: set[str]) -> str:
    return ", ".join(sorted(members)) or "nobody"
