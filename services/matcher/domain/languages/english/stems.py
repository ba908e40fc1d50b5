"""The stem of an English word as an entry has it."""

import unicodedata
from collections.abc import Sequence

from services.matcher.domain.languages.language import InvalidStems


def only_stem(stems: Sequence[str]) -> str:
    """The one stem in lower case: its letters and digits, without accents and apostrophes.

    Raises:
        InvalidStems: there is more than one.
    """
    if len(stems) != 1:
        raise InvalidStems("an English word has one stem: write (a/v|b/v) for several words")
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", stems[0].casefold())))
