"""Which language a sentence is written in: by its letters, and by what the report says."""

from collections.abc import Sequence
from functools import lru_cache

from services.matcher.domain.languages.known import LANGUAGES

_MOST_LOOKED_AT = 20
_LONGEST = 64
"""Letters of a word that are looked at."""


def find_language(words: Sequence[str], reported: str | None) -> str:
    """The code of a known language in whose letters most of the first words are.

    Of several with the same letters the one that the report names, else the first; empty: none.
    """
    looked_at = [_written_in(word[:_LONGEST]) for word in words[:_MOST_LOOKED_AT]]
    counts = {code: sum(code in codes for codes in looked_at) for code in LANGUAGES}
    most = max(counts.values(), default=0)
    best = [code for code, count in counts.items() if count == most and count]
    named = (reported or "").casefold().split("-")[0]
    return named if named in best else next(iter(best), "")


@lru_cache(maxsize=16_384)
def _written_in(word: str) -> tuple[str, ...]:
    """The codes of the languages of whose letters the word has one."""
    languages = LANGUAGES.items()
    return tuple(code for code, language in languages if language.writing.letters.search(word))
