"""Names of organisations by capitals: capitalised runs with a head noun."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.matcher.domain.languages.known import LANGUAGES
from services.matcher.domain.languages.writing import NO_WORDS
from services.matcher.domain.text.organisation_heads import Heads, leads, trails
from services.matcher.domain.text.tokens import Token

MOST_WORDS = 7
"""No name is taken to have more words to one side of its head noun."""
_NAMINGS = [language.naming for language in LANGUAGES.values()]
_NEVER = NO_WORDS.union(*(naming.never for naming in _NAMINGS))
_GENERIC = NO_WORDS.union(*(naming.generic for naming in _NAMINGS))
_WITHIN = NO_WORDS.union(*(naming.within for naming in _NAMINGS))
_JOINS = NO_WORDS.union(*(naming.joins for naming in _NAMINGS))
_ARTICLE = NO_WORDS.union(*(naming.article for naming in _NAMINGS))


@dataclass(frozen=True, slots=True)
class NameRun:
    """Tokens `first` to `last` (exclusive) that may be a name; `head` is the head noun, or -1."""

    first: int
    last: int
    head: int


def capital_run(words: Sequence[Token], first: int) -> int:
    """Past the last of the capitalised words in a run from `first` on."""
    last = first
    while last < len(words) and last - first < 2 * MOST_WORDS:
        follows = last == first or (words[last].joined and not words[last - 1].owner)
        if not follows:
            break
        if named_by(words[last]):
            last += 1
        elif last > first and _goes_on(words, last):
            last += 2
        else:
            break
    return last


def named_by(word: Token) -> bool:
    """Whether a name may hold the word."""
    return word.capital and word.folded not in _NEVER


def _goes_on(words: Sequence[Token], place: int) -> bool:
    small = words[place].folded in _WITHIN and not words[place].owner
    return (
        small and place + 1 < len(words) and words[place + 1].joined and named_by(words[place + 1])
    )


def joined_run(words: Sequence[Token], last: int) -> int:
    """Past `of the Righteous` after a name that ends before `last`; `last` if nothing like it."""
    for _ in range(2):
        place = last
        if not _is_joint(words, place, _JOINS):
            return last
        place += 1
        if _is_joint(words, place, _ARTICLE):
            place += 1
        if place >= len(words) or not words[place].joined or not named_by(words[place]):
            return last
        last = capital_run(words, place)
    return last


def _is_joint(words: Sequence[Token], place: int, wanted: frozenset[str]) -> bool:
    if not 0 < place < len(words) or words[place - 1].owner:
        return False
    word = words[place]
    return word.joined and not word.capital and word.folded in wanted


def capital_runs(words: Sequence[Token], heads: Heads) -> Iterator[NameRun]:
    """The runs that name an organisation, in order."""
    place = 0
    while place < len(words):
        if not named_by(words[place]):
            place += 1
            continue
        last = capital_run(words, place)
        yield from _named(words, range(place, last), heads)
        place = last


def _named(words: Sequence[Token], run: range, heads: Heads) -> Iterator[NameRun]:
    """The name before the last trailing head noun of a run, and that after a leading one."""
    leading = next((place for place in run if _heads(words[place], heads, leading=True)), run.stop)
    behind = range(run.start, leading)
    at = next((place for place in reversed(behind) if _heads(words[place], heads)), None)
    if at is not None:
        yield from _around(words, behind, at)
    if leading < run.stop and (run.stop - leading > 1 or " " in words[leading].folded):
        yield NameRun(leading, min(run.stop, leading + MOST_WORDS), leading)


def _around(words: Sequence[Token], run: range, at: int) -> Iterator[NameRun]:
    first = max(run.start, at - MOST_WORDS)
    last = at + 1
    if first < at and all(word.folded in _GENERIC for word in words[first:at]):
        return
    if last == run.stop:
        last = joined_run(words, last)
    elif first == at and not trails(words[at].folded):
        last = run.stop
    if last - first > 1:
        yield NameRun(first, last, at)


def _heads(word: Token, heads: Heads, *, leading: bool = False) -> bool:
    """Whether the word, or of `Ansar-e-Hezbollah` its first part, is a head noun."""
    parts = word.folded.split()
    noun = parts[0] if leading else parts[-1]
    return heads.has(noun) and leads(noun) == leading
