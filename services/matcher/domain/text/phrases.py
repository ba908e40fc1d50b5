"""Phrases of rules: whole words in order; `word*` inflects, `~N` allows N others between."""

import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from services.matcher.domain.languages.known import LANGUAGES
from services.matcher.domain.languages.language import Language
from services.matcher.domain.text.fold import fold

_SLACK = re.compile(r"\s~(\d{1,2})\s*$")
_MOST_SLACK = 50
_LONGEST = 1_000
_SHORTEST_BEGINNING = 5
"""A shorter word has too many other words that begin with it."""
_HALF_NAMED = re.compile(r"%[^\W\d][^%]*|[^\d%]+%")
_MISPLACED = re.compile(r"~\d*$|\*.")


class InvalidPhrase(ValueError):
    """The text is not a phrase; the message says why."""


@dataclass(frozen=True, slots=True)
class PhrasePart:
    """Folded words without others between them: `' words '`, or `' words'` if the last inflects."""

    literal: str

    @property
    def words(self) -> str:
        """The words without padding."""
        return self.literal.strip()

    @property
    def word_count(self) -> int:
        """The number of words."""
        return self.words.count(" ") + 1

    @property
    def inflects(self) -> bool:
        """Whether the last word may be longer."""
        return not self.literal.endswith(" ")


def make_part(words: str, *, inflects: bool) -> PhrasePart:
    """The part of these folded words."""
    return PhrasePart(f" {words}" if inflects else f" {words} ")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Parts in order, with at most `slack` other words between them in all."""

    parts: tuple[PhrasePart, ...]
    slack: int = 0
    max_words: int = field(init=False, compare=False)
    """The number of words in its longest span."""

    def __post_init__(self) -> None:
        words = self.slack + sum(part.word_count for part in self.parts)
        object.__setattr__(self, "max_words", words)


def parse_phrase(text: str) -> Phrase:
    """The phrase that a rule means by `text`.

    Raises:
        InvalidPhrase: nothing to look for, or a misplaced `*` or `~`.
    """
    if len(text) > _LONGEST:
        raise InvalidPhrase(f"longer than {_LONGEST} characters")
    slack = _SLACK.search(text)
    body = text[: slack.start()] if slack else text
    parts = [part for token in body.split() for part in _token_parts(token)]
    if not parts:
        raise InvalidPhrase("no word in it")
    if slack is None:
        return Phrase(_join_parts(parts))
    if not 1 <= int(slack[1]) <= _MOST_SLACK:
        raise InvalidPhrase(f"~{slack[1]}: between 1 and {_MOST_SLACK} other words may be between")
    if len(parts) == 1:
        raise InvalidPhrase(f"~{slack[1]} needs two words to be between")
    return Phrase(tuple(parts), int(slack[1]))


def _token_parts(token: str) -> list[PhrasePart]:
    """A part for each word; a token with a hyphen has several."""
    refuse_half_name(token)
    if _MISPLACED.search(token):
        raise InvalidPhrase(f"{token!r}: * ends a word, and ~N ends the phrase")
    words = fold(token.removesuffix("*")).split()
    if token.endswith("*") and not words:
        raise InvalidPhrase("* needs the beginning of a word before it")
    parts = [make_part(word, inflects=False) for word in words]
    return [*parts[:-1], make_part(words[-1], inflects=token.endswith("*"))] if words else []


def describe_fault(text: str, error: InvalidPhrase) -> str:
    """That the text is no phrase, and why; it is quoted once."""
    return f"{text!r} is no phrase: {state_reason(text, error)}"


def state_reason(text: str, error: InvalidPhrase) -> str:
    """Why the text is no phrase, without the text itself."""
    return str(error).removeprefix(f"{text!r}: ")


def refuse_half_name(token: str) -> None:
    """Refuse a list that is named with one `%` only: it would be read as a word.

    Raises:
        InvalidPhrase: it is one.
    """
    if _HALF_NAMED.fullmatch(token):
        raise InvalidPhrase(f"{token!r}: a list is named between two %, as in %list%")


def _join_parts(words: list[PhrasePart]) -> tuple[PhrasePart, ...]:
    """The parts of a phrase without slack: as few and as long as possible."""
    parts: list[PhrasePart] = []
    for word in words:
        if parts and not parts[-1].inflects:
            parts[-1] = PhrasePart(parts[-1].literal + word.literal[1:])
        else:
            parts.append(word)
    return tuple(parts)


def name_forms(name: str, *, proclitics: bool = True) -> tuple[str, ...]:
    """The folded forms of `name` in reports, without padding.

    In some languages there is one for each prefix that they write in one word with a name.
    """
    words = fold(name).strip()
    forms = [words] if words else []
    for writing in (language.writing for language in LANGUAGES.values() if proclitics):
        if writing.letters.match(words):
            forms += writing.attach_prefixes(words)
    return tuple(dict.fromkeys(forms))


def literal_forms(word: str, languages: Iterable[Language] = LANGUAGES.values()) -> frozenset[str]:
    """The folded word, and what these languages write for it behind a conjunction (`وقد`)."""
    writings = (language.writing for language in languages)
    joined = (each.attach_conjunctions(word) for each in writings if each.letters.match(word))
    return frozenset((word,)).union(*joined)


def cover_words(words: Iterable[str]) -> AbstractSet[str]:
    """Literals of which a text that has one of the words has one.

    They are fewer: one that others begin with is looked for as their beginning.
    """
    literals: dict[str, str] = {}
    beginning = " "
    for word in sorted(words):
        if word.startswith(beginning):
            literals[beginning] = f" {beginning}"
            continue
        literals[word] = f" {word} "
        if len(word) >= _SHORTEST_BEGINNING:
            beginning = word
    return frozenset(literals.values())
