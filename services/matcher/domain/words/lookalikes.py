"""Entries of word lists that are read as another word, which nearly every text has."""

from collections.abc import Iterator

from schemas.word_list import WordList
from services.document_faults import DocumentFault, InvalidField
from services.matcher.domain.languages.known import LANGUAGES
from services.matcher.domain.packs.documents import LocatedDocument
from services.matcher.domain.text.fold import fold


def find_lookalikes(located: LocatedDocument[WordList]) -> Iterator[DocumentFault]:
    """A fault for each word alone that folds to a word of the grammar, and is none as written.

    Words with a tag lose that form when they are inflected.
    """
    for code, entries in located.document.words.items():
        for index, entry in enumerate(entries):
            for word in _words_alone(entry) if code in LANGUAGES else ():
                read = fold(word).strip()
                if word not in LANGUAGES[code].writing.function_words.get(read, (word,)):
                    message = f"{word!r} is read as {read!r}, which nearly every text has"
                    hint = "give it a tag, or other words beside it"
                    yield located.origin.fault(InvalidField(("words", code, index), message, hint))


def _words_alone(entry: str) -> Iterator[str]:
    """The words without a tag of which one is enough."""
    whole = entry.startswith("(") and entry.endswith(")") and entry.count("(") == 1
    for word in entry[1:-1].split("|") if whole else [entry]:
        if "/" not in word and len(word.split()) == 1:
            yield word.strip()
