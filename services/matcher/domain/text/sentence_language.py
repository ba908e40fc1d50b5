"""Which language words are in: by their letters, by what the report names, by words that tell."""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain

from services.matcher.domain.languages.known import LANGUAGES

MOST_LOOKED_AT = 20
_LONGEST = 64
"""Letters of a word that are looked at."""

Codes = tuple[str, ...]


def find_language(words: Sequence[str], reported: str | None) -> str:
    """The code of a known language in whose letters most of the first words are.

    Of several with the same letters the one that the report names, else the one that most words
    tell; empty: none.
    """
    first = [word[:_LONGEST] for word in words[:MOST_LOOKED_AT]]
    best = _most_written([*filter(None, map(_written_in, first))])
    if len(best) < 2:  # noqa: PLR2004  (nothing to choose)
        return next(iter(best), "")
    named = (reported or "").casefold().split("-")[0]
    return named if named in best else _choose(best, map(_told_by, first))


def _most_written(written: Sequence[Codes]) -> Codes:
    """The languages in whose letters most of the words are; nearly always all are in the same."""
    if len(set(written)) == 1:
        return written[0]
    counts = Counter(chain.from_iterable(written))
    most = max(counts.values(), default=0)
    return tuple(code for code in LANGUAGES if most and counts[code] == most)


def _choose(best: Codes, hinted: Iterable[Codes]) -> str:
    """The one that most words tell; of several a language in its own letters."""
    counts = Counter(chain.from_iterable(hinted))
    return max(best, key=lambda code: (counts[code], not LANGUAGES[code].is_guest))


@lru_cache(maxsize=16_384)
def _written_in(word: str) -> Codes:
    """The codes of the languages of whose letters the word has one."""
    return tuple(code for code, each in LANGUAGES.items() if each.writing.letters.search(word))


@lru_cache(maxsize=16_384)
def _told_by(word: str) -> Codes:
    """The codes of the languages that the word tells."""
    return tuple(code for code, each in LANGUAGES.items() if each.writing.tells.match(word))
