"""A pattern of words: what an entry of a word list is, and a phrase of a rule with lists in it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from services.matcher.domain.text.phrases import InvalidPhrase

LONGEST = 1_000
MOST_BETWEEN = 50
_TOKEN = re.compile(r"\([^()]*\)|%[^%\s]+%|~\d+~?(?!\S)|\S+")
_GAP = re.compile(r"~(\d+)(~?)")
_LIST = re.compile(r"%([a-z0-9_\-|]+)%")


@dataclass(frozen=True, slots=True)
class Words:
    """One word: any of these folded forms."""

    forms: frozenset[str]


@dataclass(frozen=True, slots=True)
class Prefix:
    """One word that begins so."""

    letters: str


@dataclass(frozen=True, slots=True)
class AnyOfLists:
    """Something of one of these lists, by name."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Any of several patterns."""

    patterns: tuple["Pattern", ...]


Part = Words | Prefix | AnyOfLists | Choice


@dataclass(frozen=True, slots=True)
class Gap:
    """How many other words may be between two parts, and whether these may change places."""

    most: int = 0
    either_order: bool = False


NO_GAP = Gap()


@dataclass(frozen=True, slots=True)
class Pattern:
    """Parts, and the gap between each two; with `slack` at most so many words in all gaps."""

    parts: tuple[Part, ...]
    gaps: tuple[Gap, ...] = ()
    slack: int = field(default=MOST_BETWEEN * MOST_BETWEEN)


ReadWord = Callable[[str], tuple[Part, ...]]
"""Gives the parts of a written word, none if it has no letter; the caller knows the forms."""


def parse_pattern(text: str, read_word: ReadWord) -> Pattern:
    """The pattern that `text` means: words, `(a|b)`, `%list%`, `~N`, `~N~`, and `~N` at the end.

    Raises:
        InvalidPhrase: it is none; the message says why.
    """
    if len(text) > LONGEST:
        raise InvalidPhrase(f"longer than {LONGEST} characters")
    tokens = _TOKEN.findall(text)
    slack = _final_gap(tokens)
    parts, gaps = _read(tokens, read_word)
    if not parts:
        raise InvalidPhrase("no word in it")
    if slack is None:
        return Pattern(tuple(parts), tuple(gaps))
    if len(parts) == 1:
        raise InvalidPhrase(f"~{slack} needs two words to be between")
    between = tuple(Gap(slack) if gap == NO_GAP else gap for gap in gaps)
    return Pattern(tuple(parts), between, slack)


def _final_gap(tokens: list[str]) -> int | None:
    """The gap that ends the tokens, which is taken from them."""
    gap = _GAP.fullmatch(tokens[-1]) if tokens else None
    if gap is None:
        return None
    tokens.pop()
    if gap[2]:
        raise InvalidPhrase(f"{gap[0]} at the end: ~N~ stands between two words")
    return _bounded(gap)


def _read(tokens: list[str], read_word: ReadWord) -> tuple[list[Part], list[Gap]]:
    parts: list[Part] = []
    gaps: list[Gap] = []
    pending: Gap | None = None
    for token in tokens:
        gap = _GAP.fullmatch(token)
        if gap:
            if pending or not parts:
                raise InvalidPhrase(f"{token} stands between two words")
            pending = Gap(_bounded(gap), bool(gap[2]))
            continue
        for part in _read_token(token, read_word):
            gaps += [pending or NO_GAP] if parts else []
            parts.append(part)
            pending = None
    if pending:
        raise InvalidPhrase("a gap stands between two words")
    return parts, gaps


def _bounded(gap: re.Match[str]) -> int:
    if not 1 <= int(gap[1]) <= MOST_BETWEEN:
        raise InvalidPhrase(f"{gap[0]}: between 1 and {MOST_BETWEEN} other words may be between")
    return int(gap[1])


def _read_token(token: str, read_word: ReadWord) -> tuple[Part, ...]:
    if token.startswith("(") and token.endswith(")"):
        return (_choice(token[1:-1], read_word),)
    if token.startswith("%") and token.endswith("%") and len(token) > 1:
        return (AnyOfLists(tuple(_list_names(token))),)
    if "(" in token or ")" in token:
        message = "a bracket is missing, inside another, or beside letters: (one|other) is a word"
        raise InvalidPhrase(f"{token!r}: {message}")
    if token.startswith("~"):
        raise InvalidPhrase(f"{token!r}: write ~N, with a number of words")
    return read_word(token)


def _choice(inside: str, read_word: ReadWord) -> Part:
    """The alternatives; those that are one word are looked for together."""
    words, others = frozenset[str](), list[Pattern]()
    for alternative in inside.split("|"):
        pattern = parse_pattern(alternative, read_word)
        match pattern.parts:
            case (Words(forms=forms),):
                words |= forms
            case _:
                others.append(pattern)
    if not others:
        return Words(words)
    return Choice((Pattern((Words(words),)), *others) if words else tuple(others))


def _list_names(token: str) -> Iterator[str]:
    named = _LIST.fullmatch(token)
    if named is None:
        raise InvalidPhrase(f"{token!r}: a list is written %name%, several %one|other%")
    for name in named[1].split("|"):
        if not name:
            raise InvalidPhrase(f"{token!r}: a name is missing beside |")
        yield name
