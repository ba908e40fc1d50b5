"""The cases of word lists: texts that must hold something of a list, and texts that must not."""

from collections.abc import Iterator, Mapping

from schemas.word_list import WordList
from services.document_faults import DocumentFault, FieldPath, InvalidField
from services.matcher.domain.packs.documents import LocatedDocument
from services.matcher.domain.text.report_words import read_words
from services.matcher.domain.words.finder import WordFinder
from services.matcher.domain.words.word_list import IndexedList


def find_case_faults(
    located: LocatedDocument[WordList], lists: Mapping[str, IndexedList]
) -> Iterator[DocumentFault]:
    """A fault for each case that fails, and one if the list has no case."""
    cases = located.document.cases
    if not (cases.holds or cases.lacks):
        message = "a list of words needs cases: texts that it holds, and texts that it lacks"
        yield located.origin.fault(InvalidField(("cases",), message))
    listed = lists.get(located.document.name)
    if listed is not None:
        for error in _find_differences(located.document, listed):
            yield located.origin.fault(error)


def _find_differences(document: WordList, listed: IndexedList) -> Iterator[InvalidField]:
    for index, text in enumerate(document.cases.holds):
        if not find_words(text, listed):
            message = f"nothing of the list is in {text!r}"
            yield InvalidField(_at("holds", index), message, lacks=document.name)
    for index, text in enumerate(document.cases.lacks):
        words = find_words(text, listed)
        if words:
            yield InvalidField(_at("lacks", index), f"{words[0]!r} is in {text!r}")


def find_words(text: str, listed: IndexedList) -> list[str]:
    """What the text has of the list, folded, in order."""
    words = read_words(text)
    return [" ".join(words.words[start:end]) for start, end in WordFinder(words).find_list(listed)]


def _at(kind: str, index: int) -> FieldPath:
    return ("cases", kind, index)
