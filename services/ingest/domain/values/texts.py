"""Words of others: NFC, without controls that nobody sees."""

import re
from unicodedata import combining, normalize

_TO_SPACE = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\u00a0\u2000-\u200a\u202f\u205f]")
_TO_LINE = re.compile(r"\r\n?|[\x0c\x85\u2028\u2029]")
_HIDDEN = re.compile(
    "[\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)
# a joiner is spelling between letters of joined scripts and in emoji, elsewhere it hides
_JOINERS = re.compile("(?<![\u0600-\u0dff\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])[\u200c\u200d]+")
_SURROGATES = re.compile("[\ud800-\udfff]")
MOST_MARKS = 30
"""Marks on one letter, as the stream-safe form of Unicode has it; NFC sorts them, in n² steps."""
_MARKS = "".join(mark for mark in map(chr, range(0x300, 0x1EA00)) if combining(mark))
_EXCESS_MARKS = re.compile(f"([{_MARKS}]{{{MOST_MARKS}}})[{_MARKS}]+")
_BLANKS = re.compile(r"[ \t]+")
_SPACED_LINES = re.compile(r" ?\n ?")
_EMPTY_LINES = re.compile(r"\n{3,}")


def clean_text(written: str) -> str:
    """The text in NFC, without bidi and zero-width controls; paragraphs stay, other space is one.

    Linear in its length. A half of a surrogate pair becomes the replacement character.
    """
    if not written.isascii():
        written = remove_hidden(_SURROGATES.sub("\ufffd", written))
    text = _TO_SPACE.sub(" ", _TO_LINE.sub("\n", written))
    text = _SPACED_LINES.sub("\n", _BLANKS.sub(" ", text))
    return _EMPTY_LINES.sub("\n\n", text).strip()


def clean_line(written: str) -> str:
    """The same on one line: for titles, names and ids."""
    return " ".join(clean_text(written).split())


def remove_hidden(text: str) -> str:
    """The text in NFC without characters that only steer how others are shown."""
    visible = _JOINERS.sub("", _HIDDEN.sub("", text))
    return normalize("NFC", _EXCESS_MARKS.sub(r"\1", visible))
