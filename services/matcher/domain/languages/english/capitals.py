"""What capitals tell: `US` and `U.S.` are the country, `us` is the pronoun.

The country folds to the one word `usa`, however it is written. The text keeps its length, so that
an index in the marked text is one in the text.
"""

import re
from functools import lru_cache

NOTHING = "\u00ad"
"""Folds to nothing: in the place of the first stop of `U.S.`."""
SA = "\ue000"
"""Folds to `sa`: in the place of the last letter of `US` and `U.S.`."""

_COUNTRY = re.compile(
    r"(?<![\w\ue000])(?<![\w\ue000]\.)(?:US(?![\w$\ue000])|[Uu]\.[Ss](?:\.[Aa])?(?!\w))"
)
_STOP_AND_S = re.compile(r"\.[Ss]")
_BEFORE = re.compile("([A-Z]{2,12})[ \t\u00a0]{1,3}[\"'“”‘’]?$")
_AFTER = re.compile("[ \t\u00a0]{1,3}([^\\W\\d_]+)|-")
_LOOK = 20


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_ADDRESSING = _set("TELL TELLS GIVE GIVES LET LETS JOIN FOLLOW CONTACT ASK SHOW TEACH REMIND")
"""After these in capitals comes the pronoun."""
_TAKING = _ADDRESSING | _set(
    "ABOUT AFTER AGAINST ALL AMONG AROUND AT BEFORE BEHIND BETWEEN BOTH BRING BY CALL FOR FROM "
    "HELP IN KEEP LEAVE LIKE MAKE OF ON SEND TAKE TO TOWARD UPON VISIT WITH WITHOUT"
)
"""After these comes the pronoun, unless a noun follows: `ATTACK ON US BASE`."""
_FUNCTION = _set(
    "a about after all an and are as at be because before but by for from how if in into is it "
    "nor not now of off on or our out over so than that the their then they this to today tomorrow "
    "up was we what when where which who why will with you your"
)


def mark_countries(text: str) -> str:
    """The text with `US`, `U.S` and `U.S.A` so written that they fold to `usa`.

    `US` in a line of capitals is the pronoun where the words beside it say so (`TELL US ABOUT`);
    it becomes `us`. A marked text, or a part of it, is marked already.
    """
    return _mark(text) if _may_name_country(text) else text


def _may_name_country(text: str) -> bool:
    """Whether it may be written in a text; one letter is looked for at a fifth of the cost of two.

    A stop with an `s` behind it is in few texts.
    """
    return ("U" in text and "US" in text) or _STOP_AND_S.search(text) is not None


@lru_cache(maxsize=256)
def _mark(text: str) -> str:
    return _COUNTRY.sub(_marked, text)


def _marked(match: re.Match[str]) -> str:
    written = match[0]
    if written == "US":
        return "us" if _is_pronoun(match.string, *match.span()) else f"U{SA}"
    return f"U{NOTHING}{SA}" if len(written) == len("U.S") else f"U{NOTHING}S{NOTHING}A"


def _is_pronoun(text: str, start: int, end: int) -> bool:
    before = _BEFORE.search(text[max(0, start - _LOOK) : start])
    if before is None or before[1] not in _TAKING:
        return False
    after = _AFTER.match(text, end, end + _LOOK)
    if after is not None and after[1] is None:
        return False
    return before[1] in _ADDRESSING or after is None or after[1].lower() in _FUNCTION
