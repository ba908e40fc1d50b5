"""Cutting: texts of reports made to fit, since any report may be long."""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import islice

LONGEST_KEY = 200
"""Characters of an identifier: an identity, an owner, the value of a group."""
MOST_VALUES = 64
LARGEST_VALUES = 2000
"""Bytes of the values of one hit together."""
ELLIPSIS = "…"
_DIGEST = 16


def cut_text(text: str, longest: int) -> str:
    """The text, or its beginning and an ellipsis: at most `longest` characters.

    In UTF-8 it has at most twice as many bytes, so that no script outgrows a message.
    """
    if len(text) * 2 <= longest or (len(text) <= longest and len(text.encode()) <= 2 * longest):
        return text
    room = 2 * longest - len(ELLIPSIS.encode())
    kept = text[: longest - 1].encode()[:room].decode(errors="ignore")
    return kept + ELLIPSIS


def cut_key(text: str) -> str:
    """The text, or its beginning and a digest of all of it: what differs stays different."""
    if cut_text(text, LONGEST_KEY) is text:
        return text
    digest = sha256(text.encode()).hexdigest()[:_DIGEST]
    return cut_text(text, LONGEST_KEY - _DIGEST) + digest


def cut_values(texts: Iterable[str], largest: int = LARGEST_VALUES) -> tuple[str, ...]:
    """The first of the texts as keys: at most 64, of at most `largest` bytes together."""
    return tuple(_take(map(cut_key, islice(texts, MOST_VALUES)), largest))


def _take(texts: Iterable[str], largest: int) -> Iterator[str]:
    for text in texts:
        largest -= len(text.encode())
        if largest < 0:
            return
        yield text
