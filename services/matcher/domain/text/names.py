"""Organisation-like names in the words of a report. Pure, and linear in the text."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

from services.matcher.domain.languages.known import LANGUAGES
from services.matcher.domain.languages.writing import NO_WORDS
from services.matcher.domain.text.capital_names import NameRun, capital_runs
from services.matcher.domain.text.claimed_names import CUES, claimed_runs
from services.matcher.domain.text.defined_names import defined_runs, is_caseless
from services.matcher.domain.text.fold import CharSpan, fold
from services.matcher.domain.text.organisation_heads import Heads
from services.matcher.domain.text.sentences import sentences
from services.matcher.domain.text.tokens import Token, tokens

_NAMINGS = [language.naming for language in LANGUAGES.values()]
_SMALL = NO_WORDS.union(*(naming.small for naming in _NAMINGS))
_FUNCTION = _SMALL.union(*(naming.function for naming in _NAMINGS))
_ARTICLE = NO_WORDS.union(*(naming.article for naming in _NAMINGS))
_FEWEST_OF_A_HEADLINE = 4


@dataclass(frozen=True, slots=True)
class OrganisationName:
    """The name of an organisation, its span in the raw text, and that of its head noun.

    Without a head noun `head_span` is the whole. Spellings that fold alike are one name.
    """

    name: str
    span: CharSpan
    head_span: CharSpan


def find_organisations(text: str, heads: Heads) -> tuple[OrganisationName, ...]:
    """The names of organisations in `text`, in order; of nested names the longest."""
    folded = fold(text).split()
    if not (heads.any_in(folded) or any(word in CUES for word in folded)):
        return ()
    words = tokens(text)
    headlines = _headlines(text, words)
    runs = [
        *claimed_runs(text, words),
        *(run for run in capital_runs(words, heads) if not _is_part_of_headline(run, headlines)),
        *defined_runs(words, heads),
    ]
    return tuple(_make_name(text, words, run, heads) for run in _outermost(runs))


def canonical_name(text: str) -> str:
    """The one spelling of every name that folds as `text` does."""
    parts = fold(text).split()
    if len(parts) > 1 and parts[0] in _ARTICLE:
        parts = parts[1:]
    return " ".join(_capitalise(part, first=not index) for index, part in enumerate(parts))


def _capitalise(word: str, *, first: bool) -> str:
    small = word in _SMALL and not first
    return word if small or not word[0].isascii() else word[0].upper() + word[1:]


def _make_name(text: str, words: Sequence[Token], run: NameRun, heads: Heads) -> OrganisationName:
    inside = words[run.first : run.last]
    candidates = inside if run.head < 0 else words[run.head : run.head + 1]
    head = next((word for word in candidates if _has_head(word, heads)), None)
    noun = heads.bare(inside[0].folded) if head is inside[0] and is_caseless(head) else None
    start = _past_attached(text, inside[0], noun) if noun else inside[0].start
    whole = CharSpan(start, inside[-1].end)
    folded = fold(text[whole.start : whole.end]).split()
    head_span = whole if head is None else CharSpan(max(start, head.start), head.end)
    name = canonical_name(" ".join([noun or folded[0], *folded[1:]]))
    return OrganisationName(name, whole, head_span)


def _past_attached(text: str, word: Token, noun: str) -> int:
    """Where the noun starts in its word, behind the prefixes that are written in one word."""
    attached, seen = word.folded.removesuffix(noun), ""
    for at in range(word.start, word.end):
        folded = fold(text[at]).strip()
        if folded and seen == attached:
            return at
        seen += folded
        if len(seen) > len(attached):
            break
    return word.start


def _has_head(word: Token, heads: Heads) -> bool:
    return (
        heads.bare(word.folded) is not None
        if is_caseless(word)
        else heads.any_in(word.folded.split())
    )


def _outermost(runs: Sequence[NameRun]) -> Iterator[NameRun]:
    end = 0
    for run in sorted(runs, key=_outer_first):
        if run.first >= end:
            end = run.last
            yield run


def _outer_first(run: NameRun) -> tuple[int, int, int]:
    return run.first, -run.last, -run.head


def _headlines(text: str, words: Sequence[Token]) -> list[range]:
    """The sentences in capitals: there a capital is no sign of a name."""
    headlines, end, first = [], 0, 0
    for sentence in sentences(text):
        end += len(sentence)
        last = bisect_left(words, end, lo=first, key=attrgetter("start"))
        content = [word for word in words[first:last] if word.folded not in _FUNCTION]
        cased = [word for word in content if not is_caseless(word)]
        if len(cased) >= _FEWEST_OF_A_HEADLINE and all(word.capital for word in cased):
            headlines.append(range(first, last))
        first = last
    return headlines


def _is_part_of_headline(run: NameRun, headlines: Sequence[range]) -> bool:
    """Whether the run is in a headline, and is not the whole of it."""
    last = bisect_right(headlines, run.first, key=attrgetter("start")) - 1
    inside = last >= 0 and run.first in headlines[last]
    return inside and headlines[last] != range(run.first, run.last)
