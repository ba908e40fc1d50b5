"""What each character folds to: one character, several, none, a space, or an apostrophe."""

import unicodedata

from services.matcher.domain.languages.known import LANGUAGES

APOSTROPHE = "'"
_LOOK_ALIKES = frozenset("'`´‘’‛′＇ʹʻʼʽʾʿˈˊˋ՚׳ꞌ")  # noqa: RUF001  (look-alikes are the point)

# What NFKD does not take apart, in scripts of several languages; each language adds its own.
_LETTERS = {
    "ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d",  # noqa: RUF001  (look-alikes are the point)
    "ŋ": "n", "ŧ": "t", "ə": "e",
}  # fmt: skip
for _language in LANGUAGES.values():
    _LETTERS.update(_language.writing.letter_forms)

_DROPPED = {"Mn", "Me", "Cf"}
_KEPT = {"Lu", "Ll", "Lt", "Lm", "Lo", "Mc", "Nl", "No"}


def folded_character(character: str) -> str:
    """`character` in lower case without marks; a space when it parts words."""
    if character in _LOOK_ALIKES:
        return APOSTROPHE
    bare = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    return "".join(_folded_part(part) for part in bare)


def _folded_part(part: str) -> str:
    if part in _LETTERS:
        return _LETTERS[part]
    if part in _LOOK_ALIKES:
        return APOSTROPHE
    category = unicodedata.category(part)
    if category == "Nd":
        return str(unicodedata.decimal(part))
    if category in _DROPPED:
        return ""
    return part if category in _KEPT else " "


class FoldTable(dict[int, str]):
    """Folds a character on first sight and keeps it; for `str.translate`."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = folded_character(chr(code))
        return folded


TABLE = FoldTable()
