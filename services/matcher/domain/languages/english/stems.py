"""The stem of an English word as an entry has it."""

from collections.abc import Sequence

from services.matcher.domain.languages.language import InvalidStems
from services.matcher.domain.text.fold import fold


def only_stem(stems: Sequence[str]) -> str:
    """The one stem, folded.

    Raises:
        InvalidStems: there is more than one.
    """
    if len(stems) != 1:
        raise InvalidStems("an English word has one stem: write (a/v|b/v) for several words")
    return fold(stems[0]).strip()
