"""A list of words by meaning: per language, with how they inflect, and cases that prove it."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from schemas.model import Document, Name
from schemas.rule import RuleName

MOST_ENTRIES = 5_000
Phrase = Annotated[str, StringConstraints(min_length=1, max_length=1_000)]


class WordCases(Document):
    """Texts that hold something of the list, and texts that lack everything of it."""

    holds: tuple[Name, ...] = ()
    lacks: tuple[Name, ...] = ()


class WordList(Document):
    """A named list of words, for phrases in rules and in other lists.

    `words` has entries by the code of their language, and under `except` forms that are never
    taken. With `extends` the list adds to that of the same name in a pack which this pack uses.
    """

    name: RuleName
    kind: Literal["words"]
    title: str | None = None
    extends: RuleName | None = None
    words: dict[str, Annotated[tuple[Phrase, ...], Field(max_length=MOST_ENTRIES)]]
    cases: WordCases = WordCases()

    @model_validator(mode="after")
    def _has_entries(self) -> Self:
        if not any(self.words.values()):
            raise ValueError("a list of words needs an entry")
        return self
