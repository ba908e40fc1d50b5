"""The forms of English verbs: `stop stops stopped stopping`."""

import re
from collections.abc import Iterator, Sequence

from services.matcher.domain.languages.english.irregular import DOUBLING, KEEP_Z, PASTS
from services.matcher.domain.languages.english.stems import only_stem

_HISSING = re.compile("(?:s|x|z|ch|sh)$")
_CONSONANT_Y = re.compile("[^aeiou]y$")
_ONE_SYLLABLE = re.compile("^[^aeiou]*(?:qu)?[aeiouy][bcdfgklmnprtvz]$")
_VOWEL_L = re.compile("[^aeiou][aeiou][lp]$")
_PRESENT = {"be": ("am", "are", "is"), "have": ("has",)}
_BY_ES = frozenset({"go", "do", "undergo", "forgo", "undo", "redo", "outdo", "overdo", "veto"})
_BY_ES |= {"echo", "embargo", "torpedo"}


def inflect_verb(stems: Sequence[str]) -> frozenset[str]:
    """Its base, third person, pasts and gerund, in British and American spelling.

    Raises:
        InvalidStems: there is more than one, or it is no word.
    """
    stem = only_stem(stems)
    return frozenset(form for base in spellings(stem) for form in _forms(base))


def spellings(word: str) -> list[str]:
    """`mobilize` and `mobilise`; most words have one spelling."""
    if word.endswith(("ize", "yze")) and word not in KEEP_Z:
        return [word, f"{word[:-2]}se"]
    return [word]


def _forms(base: str) -> Iterator[str]:
    yield base
    yield from _PRESENT.get(base) or (third_person(base),)
    yield from _pasts(base)
    yield from _gerunds(base)


def third_person(base: str) -> str:
    """`attacks`, `pushes`, `carries`."""
    if _HISSING.search(base) or base in _BY_ES:
        return f"{base}{'z' if base == 'quiz' else ''}es"
    return f"{base[:-1]}ies" if _CONSONANT_Y.search(base) else f"{base}s"


def _pasts(base: str) -> Iterator[str]:
    if base in PASTS:
        yield from PASTS[base]
    elif base.endswith("e"):
        yield f"{base}d"
    elif _CONSONANT_Y.search(base):
        yield f"{base[:-1]}ied"
    else:
        yield from (f"{stem}ed" for stem in _doubled(base))


def _gerunds(base: str) -> Iterator[str]:
    if base.endswith("ie"):
        yield f"{base[:-2]}ying"
    elif base.endswith("e") and base != "be" and not base.endswith(("ee", "oe", "ye")):
        yield f"{base[:-1]}ing"
    else:
        yield from (f"{stem}ing" for stem in _doubled(base))


def _doubled(base: str) -> list[str]:
    """The stems before a vowel: with the last consonant doubled, or not, or both spellings."""
    if base.endswith("c"):
        return [f"{base}k"]
    if base.endswith("quit") or base == "quiz":
        return [base + base[-1]]
    if base in ("kidnap", "worship", "program", "format", "handicap"):
        return [base, base + base[-1]]
    if base in DOUBLING or _ONE_SYLLABLE.search(base):
        return [base + base[-1]]
    if _VOWEL_L.search(base) and base.endswith("l"):
        return [base, f"{base}l"]
    return [base, f"{base}s"] if base in ("focus", "bus", "gas", "bias") else [base]
