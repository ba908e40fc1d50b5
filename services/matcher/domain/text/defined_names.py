"""Names of organisations by an article: a head noun without one, and what defines it."""

from collections.abc import Iterator, Sequence

from services.matcher.domain.languages.known import LANGUAGES
from services.matcher.domain.languages.writing import NO_WORDS
from services.matcher.domain.text.capital_names import NameRun
from services.matcher.domain.text.organisation_heads import CASELESS, Heads
from services.matcher.domain.text.tokens import Token

_MOST_PLAIN = 3
_MOST_DEFINITE = 3
_NAMINGS = [language.naming for language in LANGUAGES.values()]
_ARTICLES = tuple(article for naming in _NAMINGS for article in naming.definite)
_STOPS = NO_WORDS.union(*(naming.stops for naming in _NAMINGS))
_COMMON = NO_WORDS.union(*(naming.common for naming in _NAMINGS))


def is_caseless(word: Token) -> bool:
    """Whether the word is in a script without capitals, in which an article tells names."""
    return CASELESS.match(word.folded) is not None


def defined_runs(words: Sequence[Token], heads: Heads) -> Iterator[NameRun]:
    """The runs that name an organisation, in order; their first word is the head noun."""
    free = 0
    for place, word in enumerate(words):
        if place < free or not is_caseless(word) or heads.bare(word.folded) is None:
            continue
        last = defined_run(words, place + 1)
        if last > place + 1 and words[place + 1].folded not in _COMMON:
            yield NameRun(place, last, place)
            free = last


def defined_run(words: Sequence[Token], first: int) -> int:
    """Past `سيد الشهداء` from `first` on: plain words, then words with an article.

    `first` if no article comes: what is not definite is no name.
    """
    place = first
    while place < first + _MOST_PLAIN and goes_on(words, place) and not _definite(words[place]):
        place += 1
    last = place
    while last < place + _MOST_DEFINITE and goes_on(words, last) and _definite(words[last]):
        last += 1
    return last if last > place else first


def goes_on(words: Sequence[Token], place: int) -> bool:
    """Whether a name may go on over this word."""
    if not 0 < place < len(words):
        return False
    word = words[place]
    return word.joined and is_caseless(word) and word.folded not in _STOPS


def _definite(word: Token) -> bool:
    return word.folded.startswith(_ARTICLES)
