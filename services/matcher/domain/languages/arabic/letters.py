"""Arabic letters and affixes, as the fold leaves them, and stems as they are written."""

import re

from services.matcher.domain.text.fold import fold

CONJUNCTIONS = ("", "و", "ف")
PREPOSITIONS = ("", "ب", "ك", "ل")
PRONOUNS = ("", "ه", "ها", "هم", "هما", "نا")
"""Endings that mean an object or an owner."""

_MARKS = re.compile("[\u064b-\u0652\u0670ـ]")
_ALEFS = "اأإآٱ"


def bare(stem: str) -> str:
    """The stem without vowel signs and tatweel."""
    return _MARKS.sub("", stem)


def folded(letters: str) -> str:
    """The letters as reports have them after folding."""
    return fold(letters).strip()


def with_article(stem: str) -> tuple[str, ...]:
    """A folded stem with the article, behind each preposition: `للحزب`, `للجنة`."""
    after_lam = stem if stem.startswith("ل") else f"ل{stem}"
    return (f"ال{stem}", f"بال{stem}", f"كال{stem}", f"ل{after_lam}")


def without_alef(stem: str) -> str:
    """The stem without the alef that it begins with."""
    return stem[1:] if stem[:1] and stem[0] in _ALEFS else stem
