"""The test `phrase` where a phrase has lists in it, or gaps between certain words."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, pairwise, product
from typing import ClassVar

from services.document_faults import suggest_name
from services.matcher.domain.detection.lists import Lists
from services.matcher.domain.detection.mentions import NAMED_IN
from services.matcher.domain.detection.predicates import Atom, FieldTest
from services.matcher.domain.detection.prefilter import MOST_BESIDE
from services.matcher.domain.detection.view import EventView, scanned_fields
from services.matcher.domain.text.fold import CharSpan, fold
from services.matcher.domain.text.literal_order import AnyPair, LiteralPair
from services.matcher.domain.text.phrases import InvalidPhrase, literal_forms, refuse_half_name
from services.matcher.domain.text.report_words import WordRange
from services.matcher.domain.text.scan import WordSpan
from services.matcher.domain.words.bind_lists import bind_pattern
from services.matcher.domain.words.entries import named_lists
from services.matcher.domain.words.pattern import Gap, Part, Prefix, Words, parse_pattern
from services.matcher.domain.words.word_index import pattern_lists
from services.matcher.domain.words.word_list import (
    BoundLists,
    BoundPart,
    BoundPattern,
    IndexedList,
    with_named,
)

_PATTERNED = re.compile(r"%\S+%|[()]|~\d+~?\s+\S")


class UnknownList(InvalidPhrase):
    """A phrase names a list that the pack does not have; `hint` has the nearest name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(f"there is no list {name!r}")
        self.name = name
        self.hint = suggest_name(name, known)


def is_pattern(text: str) -> bool:
    """Whether a phrase has more in it than words in one form each, and a gap at its end."""
    return bool(_PATTERNED.search(text)) or any(
        len(literal_forms(w)) > 1 for w in fold(text).split()
    )


def make_pattern(text: str, lists: Lists) -> BoundPattern:
    """The pattern of a phrase in a rule.

    Raises:
        InvalidPhrase: it is none, or names a list that the pack does not have.
    """
    pattern = parse_pattern(text, _read_word)
    known = lists.words.keys() | lists.members.keys()
    names = set(named_lists(pattern))
    for name in names - known:
        raise UnknownList(name, sorted(known))
    members = {name: lists.counted(name) for name in names & lists.members.keys()}
    return bind_pattern(pattern, lists.words, members)


def _read_word(token: str) -> tuple[Part, ...]:
    """The words of a token; a hyphen parts them, and `*` lets the last be longer."""
    refuse_half_name(token)
    if "*" in token[:-1] or "/" in token:
        hint = "a tag belongs into a list of words" if "/" in token else "* ends a word"
        raise InvalidPhrase(f"{token!r}: {hint}")
    words = fold(token.removesuffix("*")).split()
    if not token.endswith("*"):
        return tuple(map(Words, map(literal_forms, words)))
    if not words:
        raise InvalidPhrase("* needs the beginning of a word before it")
    return (*map(Words, map(literal_forms, words[:-1])), Prefix(words[-1]))


@dataclass(frozen=True, slots=True)
class PatternTest(FieldTest):
    """The field holds a pattern of words and lists."""

    field: str
    pattern: BoundPattern
    cost: ClassVar[int] = 8

    def holds(self, view: EventView) -> bool:
        """Whether a value holds it."""
        places = view.finder().find_pattern(self.pattern)
        return bool(places) and any(True for _ in self._in_field(places, view))

    def word_spans(self, view: EventView) -> Iterable[WordSpan]:
        """Every span in the field."""
        places = view.finder().find_pattern(self.pattern)
        return map(view.scan.words.char_range, self._in_field(places, view))

    def _in_field(self, places: Iterable[WordRange], view: EventView) -> Iterator[WordRange]:
        words, fields = view.scan.words, scanned_fields(self.field)
        for place in places:
            if view.scan.texts[words.text_number(place.start)].field in fields:
                yield place

    def members(self, view: EventView) -> Iterable[str]:
        """The values that hold it."""
        return dict.fromkeys(view.scan.text_at(span).raw for span in self.word_spans(view))

    def char_spans(self, view: EventView) -> Iterable[CharSpan]:
        """Every span in the words."""
        return view.char_spans(self.word_spans(view))

    def required_groups(self) -> Iterable[frozenset[Atom]]:
        """Each of its parts of which something is known, and words that follow each other."""
        named = self.field in NAMED_IN or self.field == "words"
        groups = (required_group(part, named=named) for part in self.pattern.parts)
        joined = (_joined_words(*both) for *both, gap in self._neighbours() if not gap.most)
        return [group for group in chain(joined, groups) if group]

    def required_pairs(self) -> Iterable[AnyPair]:
        """Of each two of its words one after the other."""
        several = (_pairs(*each, self.pattern.slack) for each in self._neighbours())
        return [pairs for pairs in several if pairs]

    def _neighbours(self) -> Iterator[tuple[BoundPart, BoundPart, Gap]]:
        """Each two parts, and the gap between them."""
        for both, gap in zip(pairwise(self.pattern.parts), self.pattern.gaps, strict=True):
            yield *both, gap

    def scanned_fields(self) -> Iterable[str]:
        """The field, or the fields that it is made of."""
        return scanned_fields(self.field)

    def word_lists(self) -> Iterable[IndexedList]:
        """The word lists that it looks for."""
        return pattern_lists(self.pattern)


def _joined_words(first: BoundPart, then: BoundPart) -> frozenset[Atom]:
    """Literals of which a text has one where one part follows the other; none if that is many."""
    match first, then:
        case Words(forms=forms), Words(forms=others) if len(forms) * len(others) <= MOST_BESIDE:
            return frozenset(("", f" {form} {other} ") for form in forms for other in others)
        case Words(forms=forms), Prefix(letters=letters) if len(forms) <= MOST_BESIDE:
            return frozenset(("", f" {form} {letters}") for form in forms)
    return frozenset()


def _pairs(first: BoundPart, then: BoundPart, gap: Gap, slack: int) -> AnyPair:
    """The literals of two words, if they keep their order; none if these are many."""
    match first, then:
        case Words(forms=forms), Words(forms=others) if not gap.either_order:
            pairs = product(sorted(forms), sorted(others))
            most = min(gap.most, slack) + 2
            several = tuple(LiteralPair(f" {one} ", f" {other} ", most) for one, other in pairs)
            return several if len(several) <= MOST_BESIDE else ()
    return ()


def required_group(part: BoundPart, *, named: bool) -> frozenset[Atom]:
    """Atoms of which an event has one if it holds the part; none if that is not known.

    `named`: the part is looked for in fields whose members are `entities`.
    """
    match part:
        case Words(forms=forms):
            return frozenset(("", f" {form} ") for form in forms)
        case Prefix(letters=letters):
            return frozenset({("", f" {letters}")})
        case BoundLists(lists=lists, members=members) if named or not members:
            keys = {("", each.key) for each in with_named(lists)}
            return frozenset(keys | {("entities", member) for member in members})
    return frozenset()
