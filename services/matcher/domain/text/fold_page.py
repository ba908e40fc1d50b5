"""A fast way through the fold table for the scripts of most reports.

A code page of our own holds ASCII, the commonest accented letters and quotes, and the alphabets of
languages while there is room, each character a single byte, so that folding is one
`bytes.translate`. Rarer characters come in through an error handler; a text that folds to anything
outside the page has to go the slow way.
"""

import codecs
from itertools import chain

from services.matcher.domain.languages.known import LANGUAGES
from services.matcher.domain.text.fold_table import TABLE

_REST = "ٱ،؛؟‘’“”–—…«»\xa0éèêëáàâäāíìîïīóòôöōúùûüūçñşğ"  # noqa: RUF001  (the subject)
_ERRORS = "vedette.fold"
_NOTHING = "\ufffe"
_SIZE = 256


def _page() -> str:
    signs = dict.fromkeys(chain(map(chr, range(128)), _REST))
    for language in LANGUAGES.values():
        more = signs | dict.fromkeys(language.writing.alphabet)
        signs = more if len(more) <= _SIZE else signs
    return "".join(signs).ljust(_SIZE, _NOTHING)


def _bytes(page: str) -> tuple[bytes, bytes]:
    """What each byte becomes, and which go."""
    place = {sign: byte for byte, sign in enumerate(page) if sign != _NOTHING}
    folded = [TABLE[ord(sign)] if sign != _NOTHING else " " for sign in page]
    dropped = bytes(byte for byte, sign in enumerate(folded) if not sign)
    return bytes(place[sign.strip() or " "] for sign in folded), dropped


def _fold_run(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    run = error.object[error.start : error.end]
    return run.translate(TABLE), error.end


_PAGE = _page()
_FOLDED, _DROPPED = _bytes(_PAGE)
_MAP = codecs.charmap_build(_PAGE)
codecs.register_error(_ERRORS, _fold_run)


def fold_fast(text: str) -> str:
    """The same words as `text.translate(TABLE)`.

    Raises:
        UnicodeEncodeError: `text` folds to something that the page lacks.
    """
    encoded = codecs.charmap_encode(text, _ERRORS, _MAP)[0]
    return codecs.charmap_decode(encoded.translate(_FOLDED, _DROPPED), "strict", _PAGE)[0]
