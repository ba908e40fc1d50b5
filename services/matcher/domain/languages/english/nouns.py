"""The forms of English nouns: `army armies`. A possessive folds to one of them."""

import re
from collections.abc import Iterator, Sequence

from services.matcher.domain.languages.english.irregular import (
    BESIDE_REGULAR,
    NOT_MAN,
    PLURALS,
    UNCHANGED,
)
from services.matcher.domain.languages.english.stems import only_stem

_HISSING = re.compile("(?:ss|us|x|z|ch|sh)$")
_CONSONANT_Y = re.compile("[^aeiou]y$")
_GREEK = re.compile("(?:s|x)is$")


def inflect_noun(stems: Sequence[str]) -> frozenset[str]:
    """One and many.

    Raises:
        InvalidStems: there is more than one stem.
    """
    stem = only_stem(stems)
    spellings = [stem]
    if "ization" in stem:
        spellings.append(stem.replace("ization", "isation"))
    return frozenset(form for base in spellings for form in (base, *_plurals(base)))


def _plurals(base: str) -> Iterator[str]:
    if base in PLURALS:
        yield from PLURALS[base]
    if base not in PLURALS or base in BESIDE_REGULAR:
        yield _regular(base)


def _regular(base: str) -> str:
    if base in UNCHANGED:
        return base
    if base.endswith("man") and base not in NOT_MAN:
        return f"{base[:-3]}men"
    if _GREEK.search(base):
        return f"{base[:-2]}es"
    if _HISSING.search(base):
        return f"{base}es"
    if base.endswith("s"):
        return base  # many already
    return f"{base[:-1]}ies" if _CONSONANT_Y.search(base) else f"{base}s"
