"""The fast way through the fold table, for the scripts that reports are mostly written in.

A code page of our own holds ASCII, Arabic and the commonest accented letters and quotes, each a
single byte, so that folding is one `bytes.translate`. Rarer characters come in through an error
handler; a text that folds to anything outside the page has to go the slow way.
"""

import codecs

from services.matcher.domain.text.fold_table import APOSTROPHE, TABLE

_ARABIC = "".join(map(chr, (*range(0x621, 0x63B), *range(0x640, 0x653), *range(0x660, 0x66A))))
_REST = "ٱپچژکگی۰۱۲۳۴۵۶۷۸۹،؛؟‘’“”–—…«»\xa0éèêëáàâäāíìîïīóòôöōúùûüūçñşğ"  # noqa: RUF001  (the subject)
_ERRORS = "vedette.fold"
_MARKING = "vedette.mark"
_NOTHING = "\ufffe"


def _page() -> str:
    letters = "".join(map(chr, range(128))) + _ARABIC + _REST
    return letters.ljust(256, _NOTHING)


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


def _mark(sign: str) -> str:
    """Of which kind it is, as `marks` says; nothing when it is of several kinds."""
    folded = TABLE[ord(sign)]
    if folded in _KINDS:
        return _KINDS[folded]
    if not folded.strip():
        return " "
    return "" if " " in folded or APOSTROPHE in folded else "w"


def _mark_run(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    run = error.object[error.start : error.end]
    found = "".join(map(_mark, run))
    if len(found) < len(run):
        raise error
    return found.replace(_GONE, _TATWEEL), error.end


_GONE, _TATWEEL = "\0", "\N{ARABIC TATWEEL}"
_KINDS = {"": _GONE, APOSTROPHE: APOSTROPHE, "s": "s"}
_PAGE = _page()
_FOLDED, _DROPPED = _bytes(_PAGE)
_MAP = codecs.charmap_build(_PAGE)
_MARKS = bytes(ord(_mark(sign)) if sign != _NOTHING else 0 for sign in _PAGE)
codecs.register_error(_ERRORS, _fold_run)
codecs.register_error(_MARKING, _mark_run)


def fold_fast(text: str) -> str:
    """The same words as `text.translate(TABLE)`.

    Raises:
        UnicodeEncodeError: `text` folds to something that the page lacks.
    """
    encoded = codecs.charmap_encode(text, _ERRORS, _MAP)[0]
    return codecs.charmap_decode(encoded.translate(_FOLDED, _DROPPED), "strict", _PAGE)[0]


def marks(text: str) -> bytes:
    """What each character folds to: an s, another letter or several, a space, `'` or nothing.

    Those are `s`, `w`, a space, `'` and a zero byte, as many as the text has characters.

    Raises:
        UnicodeEncodeError: a character folds to more than one of these.
    """
    return codecs.charmap_encode(text, _MARKING, _MAP)[0].translate(_MARKS)
