"""Where the words of a folded text stand in the raw one, without folding it letter by letter."""

import re
from functools import lru_cache

from services.matcher.domain.fold import Stretch, fold, raw_stretch
from services.matcher.domain.fold_page import marks

_POSSESSIVE = re.compile(rb"'\0*s\0*(?= |$)")
_NO_WORD = re.compile(rb"(?<![^ ])['\0]+(?![^ ])")
_UNSEEN = b"'\0"


def word_stretch(raw: str, first: int, last: int) -> Stretch:
    """The words `first` to `last` of `fold(raw)`, counted from 0, in `raw`.

    The same as `raw_stretch` of their letters.
    """
    try:
        signs = _signs(raw)
    except UnicodeEncodeError:
        return _by_letter(raw, first, last)
    start, (end, word) = _word(signs, first)[0], _word(signs, last)
    start += len(signs[start:]) - len(signs[start:].lstrip(_UNSEEN))
    end += len(word.rstrip(_UNSEEN))
    while signs[end : end + 1] == b"\0":
        end += 1
    return Stretch(start, end)


@lru_cache(maxsize=64)
def _signs(raw: str) -> bytes:
    """A byte for each letter, so that what `split` gives are the words of the fold."""
    signs = marks(raw)
    if b"'" in signs:
        signs = _POSSESSIVE.sub(_blank, signs)
    return _NO_WORD.sub(_blank, signs) if b"'" in signs or b"\0" in signs else signs


def _blank(found: re.Match[bytes]) -> bytes:
    return b" " * len(found[0])


def _word(signs: bytes, number: int) -> tuple[int, bytes]:
    """Where it begins, and itself."""
    rest = signs.split(None, number)[number]
    return len(signs) - len(rest), rest.split(None, 1)[0]


def _by_letter(raw: str, first: int, last: int) -> Stretch:
    words = list(re.finditer("[^ ]+", fold(raw)))
    return raw_stretch(raw, words[first].start(), words[last].end())
