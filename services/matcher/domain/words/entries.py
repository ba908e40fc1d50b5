"""Entries of word lists, as written, and the patterns that they mean in a language."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from services.matcher.domain.languages.known import LANGUAGES
from services.matcher.domain.languages.language import InvalidStems
from services.matcher.domain.text.fold import fold
from services.matcher.domain.text.phrases import InvalidPhrase, literal_forms, refuse_half_name
from services.matcher.domain.words.pattern import (
    AnyOfLists,
    Choice,
    Part,
    Pattern,
    Words,
    parse_pattern,
)

MOST_FORMS = 20_000
"""How many forms an entry may have: a verb with all its plurals has some two thousand."""
_MOST_STEMS = 12


@lru_cache(maxsize=32_768)
def parse_entry(text: str, code: str) -> Pattern:
    """The pattern of an entry in the language with this code.

    Raises:
        InvalidPhrase: it is none; the message says why.
    """
    pattern = parse_pattern(text, lambda word: _read_word(word, code))
    forms = sum(map(len, word_forms(pattern)))
    if forms > MOST_FORMS:
        raise InvalidPhrase(f"has {forms} forms, and {MOST_FORMS} are allowed: write several")
    return pattern


def word_forms(pattern: Pattern) -> Iterator[frozenset[str]]:
    """The forms of each word of the pattern."""
    for part in pattern.parts:
        if isinstance(part, Words):
            yield part.forms
        elif isinstance(part, Choice):
            for choice in part.patterns:
                yield from word_forms(choice)


def named_lists(pattern: Pattern) -> Iterator[str]:
    """The names of the lists in the pattern."""
    for part in pattern.parts:
        if isinstance(part, AnyOfLists):
            yield from part.names
        elif isinstance(part, Choice):
            for choice in part.patterns:
                yield from named_lists(choice)


@lru_cache(maxsize=16_384)
def _read_word(token: str, code: str) -> tuple[Part, ...]:
    """A word as written, or all its forms if it has a tag; a hyphen parts words."""
    refuse_half_name(token)
    if "*" in token:
        raise InvalidPhrase(f"{token!r}: a list has whole words: write word/v or word/n")
    written, slash, tag = token.rpartition("/")
    if not slash:
        return _as_written(token, code)
    before, hyphen, last = written.rpartition("-")
    try:
        forms = _inflect(last.split("|"), tag, code)
    except InvalidPhrase as error:
        raise InvalidPhrase(f"{token!r}: {error}") from None
    return (*(_as_written(before, code) if hyphen else ()), Words(forms))


def _inflect(stems: Sequence[str], tag: str, code: str) -> frozenset[str]:
    """The folded forms, but those that are words of the grammar and no stem is."""
    language = LANGUAGES[code]
    if tag not in language.inflections:
        known = " /".join(language.inflections)
        raise InvalidPhrase(f"{code} has no words /{tag}, but /{known}")
    if not all(fold(stem).strip() for stem in stems):
        raise InvalidPhrase("a stem is missing")
    if len(stems) > _MOST_STEMS:
        raise InvalidPhrase(f"more than {_MOST_STEMS} stems")
    try:
        forms = frozenset(fold(" ".join(language.inflections[tag](stems))).split())
    except InvalidStems as error:
        raise InvalidPhrase(str(error)) from None
    others = language.writing.function_words
    return forms - {word for word in forms & others.keys() if others[word].isdisjoint(stems)}


def _as_written(token: str, code: str) -> tuple[Part, ...]:
    """Its words, and what the language writes for them behind a conjunction."""
    forms = (literal_forms(word, (LANGUAGES[code],)) for word in fold(token).split())
    return tuple(map(Words, forms))
