"""The lead of a report: its first words, folded, as stories compare them."""

import re

from schemas.event import Event
from services.ingest.domain.stories.known_words import NUMBERS

MOST_WORDS = 64
"""A copy may end anywhere behind them: outlets cut a wire from its end."""
LONGEST_WORD = 32
LEAST_TEXT = 60
"""Characters: a shorter text is read together with its title."""
LEAST_OPENING = 8
"""Words: a shorter first sentence says too little and is read together with the next one."""
_READ = 2048

_MARKS = {chr(code): None for code in (0x640, *range(0x64B, 0x653), 0x670)}
_LETTERS = str.maketrans(
    _MARKS
    | dict(zip("أإآٱىةؤئیک", "اااايهوييك", strict=True))
    | dict(zip("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789", strict=True))
    | {"’": "'", "‘": "'"}
)
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_DATE = re.compile(
    r"(?P<place>[^().]{0,40}), "
    rf"(?P<date>(?:{_MONTH}\.? \d{{1,2}}|\d{{1,2}} {_MONTH})(?:,? \d{{4}})?)(?=\s*[-–—:|/(])"
)
_AGENCY = re.compile(r"(?P<place>[^()]{0,40})\([^()]{1,40}\)\s*(?P<dash>[-–—:|/]*)")
_SENTENCE_END = re.compile(r"[.!?؟](?<=\w\w.)(?!\w)")
_WORD = re.compile(r"\w+(?:['.,]\w+)*")

Lead = tuple[str, ...]
"""Words in order; numbers in digits."""


def read_lead(event: Event) -> tuple[Lead, Lead]:
    """The first words of the text, or of title and text where the text is short; the opening.

    Headlines are the outlet's own, so that of a long text does not count. The opening are the words
    of the first sentence, which says what happened; none of a short text. Takes bounded time.
    """
    words, opening = _find_words(_fold_text(event))
    lead = tuple(_fold_word(word) for word in words[:MOST_WORDS])
    return lead, lead[:opening] if opening >= LEAST_OPENING else ()


def _find_words(text: str) -> tuple[list[str], int]:
    """All words, and how many of them are the first sentence or more, up to LEAST_OPENING."""
    words: list[str] = []
    start = 0
    for end in _SENTENCE_END.finditer(text):
        words += _WORD.findall(text, start, end.start())
        start = end.end()
        if len(words) >= LEAST_OPENING:
            return words + _WORD.findall(text, start), len(words)
    words += _WORD.findall(text, start)
    return words, len(words)


def _fold_text(event: Event) -> str:
    text = event.text or ""
    if len(text) < LEAST_TEXT:
        text = f"{event.title or ''} {text}"
    words = _drop_agency(_move_date(text[:_READ]))
    if not words.isascii():  # ASCII has none of the letters
        words = words.translate(_LETTERS)
    return words.casefold()


def _move_date(text: str) -> str:
    """The text with the date of its dateline first: before all else it contradicts no other text.

    So `KARBALA, Oct 29 -` may be `KARBALA (Reuters) -` elsewhere, but not `KARBALA, Oct 30 -`.
    """
    begin = _DATE.match(text)
    return text if begin is None else f"{begin['date']} {begin['place']}{text[begin.end() :]}"


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
