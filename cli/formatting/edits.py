"""Changes of a text, by position."""

from collections.abc import Iterable
from typing import NamedTuple


class TextEdit(NamedTuple):
    """What stands from `start` to `end` instead."""

    start: int
    end: int
    text: str


def apply_edits(text: str, edits: Iterable[TextEdit]) -> str:
    """The text with these edits, none of which overlap."""
    pieces: list[str] = []
    at = 0
    for edit in sorted(edits):
        pieces += (text[at : edit.start], edit.text)
        at = edit.end
    return "".join((*pieces, text[at:]))
