"""Which language a sentence is written in: by its letters, and by what the report says."""

from collections.abc import Sequence

from services.matcher.domain.languages.known import LANGUAGES

_MOST_LOOKED_AT = 20


def find_language(words: Sequence[str], reported: str | None) -> str:
    """The code of a known language in whose letters most of the first words are.

    Of several with the same letters the one that the report names, else the first; empty: none.
    """
    looked_at = words[:_MOST_LOOKED_AT]
    counts = {
        code: sum(1 for word in looked_at if language.grammar.letters.search(word))
        for code, language in LANGUAGES.items()
    }
    most = max(counts.values(), default=0)
    best = [code for code, count in counts.items() if count == most and count]
    named = (reported or "").casefold().split("-")[0]
    return named if named in best else next(iter(best), "")
