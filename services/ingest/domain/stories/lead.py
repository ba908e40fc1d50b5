"""The lead of a report: its first words, folded, as stories compare them."""

import re

from schemas.event import Event
from services.ingest.domain.stories.known_words import NUMBERS

MOST_WORDS = 64
"""A copy may end anywhere behind them: outlets cut a wire from its end."""
LONGEST_WORD = 32
LEAST_TEXT = 60
"""Characters: a shorter text is read together with its title."""
_READ = 2048

_MARKS = {chr(code): None for code in (0x640, *range(0x64B, 0x653), 0x670)}
_LETTERS = str.maketrans(
    _MARKS
    | dict(zip("أإآٱىةؤئیک", "اااايهوييك", strict=True))
    | dict(zip("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789", strict=True))
    | {"’": "'", "‘": "'"}
)
_AGENCY = re.compile(r"(?P<place>[^()]{0,40})\([^()]{1,40}\)\s*(?P<dash>[-–—:|]*)")
_WORD = re.compile(r"\w+(?:['.,]\w+)*")

Lead = tuple[str, ...]
"""Words in order; numbers in digits."""


def read_lead(event: Event) -> Lead:
    """The first words of the text, or of title and text where the text is short.

    Headlines are the outlet's own, so that of a long text does not count. Takes bounded time.
    """
    text = event.text or ""
    if len(text) < LEAST_TEXT:
        text = f"{event.title or ''} {text}"
    words = _drop_agency(text[:_READ])
    if not words.isascii():  # ASCII has none of the letters
        words = words.translate(_LETTERS)
    found = _WORD.findall(words.casefold())
    return tuple(_fold_word(word) for word in found[:MOST_WORDS])


def _drop_agency(text: str) -> str:
    """The text without the agency that it begins with: `(AFP)`, `BAGHDAD (Reuters) -`."""
    begin = _AGENCY.match(text)
    if begin is None or not (begin["dash"] or not begin["place"].strip()):
        return text
    return begin["place"] + text[begin.end() :]


def is_number(word: str) -> bool:
    """Whether a word of a lead counts or measures something."""
    return not word.isalpha() and any(map(str.isdigit, word))


def _fold_word(word: str) -> str:
    word = word[:LONGEST_WORD]
    if word.isalpha():
        return NUMBERS.get(word, word)
    word = word.removesuffix("'s")
    return word.replace(",", "") if is_number(word) else word.replace(".", "")
