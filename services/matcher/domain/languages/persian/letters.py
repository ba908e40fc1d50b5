"""Persian stems as they are written, and what joins a stem and its ending."""

import re

_MARKS = re.compile("[\u064b-\u0652\u0670ـ]")
_VOWELS = ("ا", "و")
SILENT = "ه"
"""As in `حمله`: an ending behind it stands apart (`حمله‌ای`), which folds to one word."""


def bare(stem: str) -> str:
    """The stem without vowel signs and tatweel."""
    return _MARKS.sub("", stem).strip()


def with_endings(stem: str, endings: tuple[str, ...]) -> set[str]:
    """The stem with each ending; behind a vowel and a silent he with the letter that joins them."""
    if stem.endswith(_VOWELS):
        return {f"{stem}ی", *(_behind_vowel(stem, ending) for ending in endings)}
    if stem.endswith(SILENT):
        joined = {"ی": "ای", "ش": "اش", "م": "ام", "شان": "شان", "مان": "مان"}
        return {stem + joined.get(ending, ending) for ending in endings} | {f"{stem}ی"}
    return {stem + ending for ending in endings}


def _behind_vowel(stem: str, ending: str) -> str:
    return f"{stem}ی{ending}" if ending and not ending.startswith("ها") else stem + ending
