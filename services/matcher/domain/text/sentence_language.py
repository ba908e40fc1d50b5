"""Which language words are in: by their letters, by what the report names, by words that tell."""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from services.matcher.domain.languages.known import LANGUAGES

_MOST_LOOKED_AT = 20
_LONGEST = 64
"""Letters of a word that are looked at."""

Codes = tuple[str, ...]


def find_language(words: Sequence[str], reported: str | None) -> str:
    """The code of a known language in whose letters most of the first words are.

    Of several with the same letters the one that the report names, else the one that most words
    tell; empty: none.
    """
    looked_at = words[:_MOST_LOOKED_AT]
    read = Counter(_read(word[:_LONGEST]) for word in looked_at)
    counts = Counter[str]()
    for (written, _), count in read.items():
        counts.update(dict.fromkeys(written, count))
    most = max(counts.values(), default=0)
    best = [code for code in LANGUAGES if most and counts[code] == most]
    if len(best) < 2:  # noqa: PLR2004  (nothing to choose)
        return next(iter(best), "")
    named = (reported or "").casefold().split("-")[0]
    return named if named in best else _choose(best, read)


def _choose(best: Sequence[str], read: Counter[tuple[Codes, Codes]]) -> str:
    """The one that most words tell; of several a language in its own letters."""
    told = Counter[str]()
    for (_, codes), count in read.items():
        told.update(dict.fromkeys(codes, count))
    return max(best, key=lambda code: (told[code], not LANGUAGES[code].is_guest))


@lru_cache(maxsize=16_384)
def _read(word: str) -> tuple[Codes, Codes]:
    """The codes of the languages of whose letters the word has one, and of those that it tells."""
    languages = LANGUAGES.items()
    return (
        tuple(code for code, each in languages if each.writing.letters.search(word)),
        tuple(code for code, each in languages if each.writing.tells.match(word)),
    )
