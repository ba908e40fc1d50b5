"""The words of a raw text, each with its place, its folded form and how it is written."""

import re
from dataclasses import dataclass

from services.matcher.domain.languages.known import LANGUAGES, TRANSLITERATIONS
from services.matcher.domain.text.fold import fold

_MARKS = "\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
_INSIDE = "'’‘`´‐‑\u00ad\u200c\u200d-"  # noqa: RUF001  (apostrophes and hyphens as written)
_TOKEN = re.compile(rf"[^\W_][\w{_MARKS}{_INSIDE}]*")
_ENDS = "_'’‘`´‐‑\u00ad\u200c\u200d-"  # noqa: RUF001  (what no word ends in)
_ENDINGS = filter(None, (language.writing.possessive for language in LANGUAGES.values()))
_POSSESSIVE = re.compile(
    f"['’`´](?:{'|'.join(map(re.escape, _ENDINGS)) or '(?!)'})$",  # noqa: RUF001  (as written)
    re.IGNORECASE,
)
_SMALL = [rules.small_before_hyphen for rules in TRANSLITERATIONS]
_ARTICLES = [re.compile(rf"(?:{small.pattern})[-‐‑ʼ'’]", small.flags) for small in _SMALL]  # noqa: RUF001  (as written)
_GAP = re.compile(r"[^\S\n\r\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Token:
    """A word from `start` to `end` of the raw text; of `Sadr's` only `Sadr`."""

    start: int
    end: int
    folded: str
    capital: bool
    joined: bool
    """Whether only space separates it from the token before."""
    owner: bool
    """Whether a possessive s was cut off."""


def tokens(text: str) -> list[Token]:
    """The words of `text` in order; none of them folds to nothing."""
    words: list[Token] = []
    before = 0
    for match in _TOKEN.finditer(text):
        written = match[0].rstrip(_ENDS)
        core = _POSSESSIVE.sub("", written)
        folded = fold(core).strip()
        end = match.start() + len(core)
        if folded:
            joined = bool(_GAP.fullmatch(text, before, match.start()))
            owner = len(core) < len(written)
            words.append(Token(match.start(), end, folded, _is_capital(core), joined, owner))
            before = end
    return words


def _is_capital(word: str) -> bool:
    """Whether it is written as a name: `Husayn`, `al-Husayn`."""
    if word[0].isupper():
        return True
    articles = (article.match(word) for article in _ARTICLES)
    return any(found and word[found.end() : found.end() + 1].isupper() for found in articles)
