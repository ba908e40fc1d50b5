"""Phrases as rules write them: whole words in order, `word*` inflects, `~N` lets others between."""

import re
from dataclasses import dataclass, field

from services.matcher.domain.text.fold import fold

_SLACK = re.compile(r"\s~(\d{1,2})\s*$")
_MOST_SLACK = 50
_LONGEST = 1_000
_MISPLACED = re.compile(r"~\d*$|\*.")
_ARABIC = re.compile("[ء-ي]")
_CONJUNCTIONS = ("", "و", "ف")
_PREPOSITIONS = ("", "ب", "ك", "ل")
_ARTICLE = "ال"


class InvalidPhrase(ValueError):
    """The text is no phrase; the message says why."""


@dataclass(frozen=True, slots=True)
class PhrasePart:
    """Words that stand together, folded, as the scan looks for them.

    `' words '`, or `' words'` where the last word goes on.
    """

    literal: str

    @property
    def words(self) -> str:
        """The words without padding."""
        return self.literal.strip()

    @property
    def length(self) -> int:
        """How many words."""
        return self.words.count(" ") + 1

    @property
    def inflects(self) -> bool:
        """Whether the last word goes on."""
        return not self.literal.endswith(" ")


def piece(words: str, *, inflects: bool) -> PhrasePart:
    """The piece of these folded words."""
    return PhrasePart(f" {words}" if inflects else f" {words} ")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Pieces in order, with at most `slack` other words between them in all."""

    pieces: tuple[PhrasePart, ...]
    slack: int = 0
    most: int = field(init=False, compare=False)
    """As many words as it may reach over."""

    def __post_init__(self) -> None:
        most = self.slack + sum(piece.length for piece in self.pieces)
        object.__setattr__(self, "most", most)


def parse_phrase(text: str) -> Phrase:
    """The phrase that a rule means by `text`.

    Raises:
        InvalidPhrase: nothing to look for, or a misplaced `*` or `~`.
    """
    if len(text) > _LONGEST:
        raise InvalidPhrase(f"longer than {_LONGEST} characters")
    slack = _SLACK.search(text)
    body = text[: slack.start()] if slack else text
    tokens = [one for token in body.split() for one in _token_pieces(token)]
    if not tokens:
        raise InvalidPhrase("no word in it")
    if slack is None:
        return Phrase(_joined(tokens))
    if not 1 <= int(slack[1]) <= _MOST_SLACK:
        raise InvalidPhrase(f"~{slack[1]}: between 1 and {_MOST_SLACK} other words may be let in")
    if len(tokens) == 1:
        raise InvalidPhrase(f"~{slack[1]} needs two words to stand between")
    return Phrase(tuple(tokens), int(slack[1]))


def _token_pieces(token: str) -> list[PhrasePart]:
    """One piece a word; a token with a hyphen is several."""
    if _MISPLACED.search(token):
        raise InvalidPhrase(f"{token!r}: * ends a word, and ~N ends the phrase")
    words = fold(token.removesuffix("*")).split()
    if token.endswith("*") and not words:
        raise InvalidPhrase("* needs the beginning of a word before it")
    pieces = [piece(word, inflects=False) for word in words]
    return [*pieces[:-1], piece(words[-1], inflects=token.endswith("*"))] if words else []


def _joined(words: list[PhrasePart]) -> tuple[PhrasePart, ...]:
    """Words that stand together as one piece each: fewer and longer things to look for."""
    pieces: list[PhrasePart] = []
    for word in words:
        if pieces and not pieces[-1].inflects:
            pieces[-1] = PhrasePart(pieces[-1].literal + word.literal[1:])
        else:
            pieces.append(word)
    return tuple(pieces)


def name_forms(name: str, *, proclitics: bool = True) -> tuple[str, ...]:
    """The folded forms under which a report may write `name`, without padding.

    An Arabic name stands with its conjunctions, prepositions and article as one word, so it has
    a form for each of those before it, and before what follows its own article.
    """
    words = fold(name).strip()
    if not (words and proclitics and _ARABIC.match(words)):
        return (words,) if words else ()
    heads = [first + second for first in _CONJUNCTIONS for second in _PREPOSITIONS]
    bare = words.removeprefix(_ARTICLE)
    forms = [head + words for head in heads]
    forms += [head + _with_article(head) + bare for head in heads]
    return tuple(dict.fromkeys(forms))


def _with_article(head: str) -> str:
    """After ل the article loses its alef: للحزب."""
    return "ل" if head.endswith("ل") else _ARTICLE
