"""A written date → its parts, by the shape of each piece."""

import re
from dataclasses import dataclass, field
from datetime import timedelta

from services.ingest.domain.values.date_words import (
    EARLY,
    EVENING,
    FILLERS,
    LATE,
    MIDDLE,
    MONTHS,
    MORNING,
    ZONES,
    Month,
)

MOST_NUMBERS = 3
_NOON = 12
_MIDNIGHT = 24
_MINUTES = 60
_PIECE = re.compile(
    r"(?P<clock>(?<!\d)\d{1,2}(?::\d{1,2}){1,2}(?:[.,]\d{1,9})?(?!\d))"
    r"|(?P<date>(?<!\d)\d{1,4}(?P<mark>[/.-])\d{1,2}(?P=mark)\d{1,4}(?!\d))"
    r"|(?P<offset>(?:(?:gmt|utc)\s?)?[+-]\d{1,2}(?::?\d{2})?(?!\d))"
    r"|(?P<number>\d{1,4}(?:st|nd|rd|th)?(?!\d))"
    r"|(?P<word>[^\W\d_]+(?:\.[^\W\d_]\.?)*)"
    r"|(?P<other>\d+|[^\s,;/.()\[\]'\"-])"
)
_COMMENT = re.compile(r"\([^()]*\)")


@dataclass(slots=True)
class DateParts:
    """What was found; `numbers` are days and years, `part` is 0, 1 or 2 for early, mid and late."""

    months: set[Month] = field(default_factory=set)
    numbers: list[str] = field(default_factory=list)
    numeric: tuple[str, str] | None = None
    clock: timedelta | None = None
    offset: timedelta | None = None
    part: int | None = None


def split_date(folded: str) -> DateParts:
    """The parts of a folded date.

    Raises:
        ValueError: something in it is no part of a date.
    """
    parts = DateParts()
    text = _join_months(_COMMENT.sub(" ", folded))
    for index, piece in enumerate(_PIECE.finditer(text)):
        _add(parts, str(piece.lastgroup), piece[0], is_first=index == 0)
    if len(parts.numbers) + 2 * (parts.numeric is not None) > MOST_NUMBERS:
        raise ValueError("has too many numbers")
    return parts


def _join_months(folded: str) -> str:
    """The names of two words, such as those of the Levant, as one."""
    for name, joined in _DOUBLE_MONTHS.items():
        folded = folded.replace(name, joined)
    return folded


_DOUBLE_MONTHS = {name: name.replace(" ", "") for name in MONTHS if " " in name}
_SINGLE_MONTHS = {name.replace(" ", ""): month for name, month in MONTHS.items()}


def _add(parts: DateParts, kind: str, text: str, *, is_first: bool) -> None:
    if kind == "clock":
        parts.clock = _read_clock(text)
    elif kind == "date":
        mark = next(character for character in text if not character.isdigit())
        parts.numeric = (text, mark)
    elif kind == "offset" and parts.clock is not None:
        parts.offset = _read_offset(text)
    elif kind in ("number", "offset"):
        parts.numbers.append(text.rstrip("stndrh").lstrip("+-"))
    elif kind == "word":
        _add_word(parts, text, is_first=is_first)
    else:
        raise ValueError(f"{text[:20]!r} is no part of a date")


def _add_word(parts: DateParts, word: str, *, is_first: bool) -> None:
    bare = word.rstrip(".")
    if bare in _SINGLE_MONTHS:
        parts.months.add(_SINGLE_MONTHS[bare])
    elif parts.clock is not None and (word in MORNING or word in EVENING):
        parts.clock = _apply_half(parts.clock, is_evening=word in EVENING)
    elif parts.clock is not None and parts.offset is None and _is_zone(bare):
        parts.offset = timedelta(minutes=ZONES.get(bare, 0))
    elif not _note_part(parts, bare) and bare not in FILLERS and not is_first:
        raise ValueError(f"{bare[:20]!r} is no month, weekday or time zone")


def _is_zone(word: str) -> bool:
    # one letter is a zone of the military, which RFC 2822 says to read as unknown
    return word in ZONES or len(word) == 1


def _note_part(parts: DateParts, word: str) -> bool:
    for number, words in enumerate((EARLY, MIDDLE, LATE)):
        if word in words:
            parts.part = number
            return True
    return False


def _read_clock(text: str) -> timedelta:
    hours, minutes, *rest = text.replace(",", ".").split(":")
    seconds = float(rest[0]) if rest else 0.0
    if int(hours) > _MIDNIGHT or int(minutes) >= _MINUTES or seconds >= _MINUTES + 1:
        raise ValueError(f"{text} is no time of the day")
    # a leap second is the one before it
    seconds = min(seconds, 59.999999)
    clock = timedelta(hours=int(hours), minutes=int(minutes), seconds=seconds)
    if clock > timedelta(hours=_MIDNIGHT):
        raise ValueError(f"{text} is no time of the day")
    return clock


def _apply_half(clock: timedelta, *, is_evening: bool) -> timedelta:
    noon = timedelta(hours=_NOON)
    if is_evening:
        return clock if clock >= noon else clock + noon
    return clock - noon if noon <= clock < noon + timedelta(hours=1) else clock


def _read_offset(text: str) -> timedelta:
    sign = -1 if "-" in text else 1
    digits = "".join(filter(str.isdigit, text))
    hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")  # noqa: PLR2004
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    if offset >= timedelta(days=1):
        raise ValueError(f"{text} is no offset of a time zone")
    return sign * offset
