"""Tests of words: Sigma's strings and expressions, phrases, and the names of lists."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from services.matcher.domain.detection.fields import as_text
from services.matcher.domain.detection.predicates import Atom, FieldTest
from services.matcher.domain.detection.view import IN_WORDS, EventView, scanned_fields
from services.matcher.domain.text.fold import CharSpan
from services.matcher.domain.text.literal_order import AnyPair, LiteralPair
from services.matcher.domain.text.phrases import Phrase
from services.matcher.domain.text.scan import WordSpan, contains_phrase

Find = Callable[[str], tuple[int, int] | None]
"""Finds the start and end of what passes in a text; None if nothing does."""


@dataclass(frozen=True, slots=True)
class TextTest(FieldTest):
    """A Sigma string or expression. `find` takes the value, without case unless `cased`.

    `whole` is the one value that passes, without case, if there is only one.
    """

    field: str
    find: Find
    cased: bool = False
    whole: str | None = None

    def holds(self, view: EventView) -> bool:
        """Whether a value of the field passes."""
        if self.whole is not None:
            return self.whole in view.caseless(self.field)
        texts = map(as_text, view.values(self.field)) if self.cased else view.caseless(self.field)
        return any(self.find(text) is not None for text in texts)

    def members(self, view: EventView) -> Iterable[str]:
        """The values that pass."""
        return (text for text, _ in self._find(view))

    def char_spans(self, view: EventView) -> Iterable[CharSpan]:
        """The first span in the words."""
        if self.field not in IN_WORDS:
            return
        for text, span in self._find(view):
            raw = span if self.cased else _before_casefold(text, span)
            yield view.in_words(self.field, raw)

    def required_groups(self) -> Iterable[frozenset[Atom]]:
        """The only value that passes, if there is one."""
        return () if self.whole is None else [frozenset({(self.field, self.whole)})]

    def _find(self, view: EventView) -> Iterable[tuple[str, CharSpan]]:
        for text in map(as_text, view.values(self.field)):
            span = self.find(text if self.cased else text.casefold())
            if span is not None:
                yield text, CharSpan(*span)


def _before_casefold(text: str, span: CharSpan) -> CharSpan:
    """The span in `text` itself: casefold may lengthen a text, as ß to ss."""
    if len(text.casefold()) == len(text) or span.start == span.end:
        return span
    indexes = [index for index, character in enumerate(text) for _ in character.casefold()]
    return CharSpan(indexes[span.start], indexes[span.end - 1] + 1)


@dataclass(frozen=True, slots=True)
class PhraseTest(FieldTest):
    """The field holds a phrase."""

    field: str
    phrase: Phrase
    cost: ClassVar[int] = 6

    def holds(self, view: EventView) -> bool:
        """Whether a value holds it."""
        return contains_phrase(view.scan, self.phrase, scanned_fields(self.field))

    def word_spans(self, view: EventView) -> Iterable[WordSpan]:
        """Every span in the field."""
        return view.find_phrase(self.field, self.phrase)

    def members(self, view: EventView) -> Iterable[str]:
        """The values that hold it."""
        return dict.fromkeys(view.scan.text_at(span).raw for span in self.word_spans(view))

    def char_spans(self, view: EventView) -> Iterable[CharSpan]:
        """Every span in the words."""
        return view.char_spans(self.word_spans(view))

    def required_groups(self) -> Iterable[frozenset[Atom]]:
        """Each of its parts."""
        return [frozenset({("", literal)}) for literal in self.literals()]

    def required_pairs(self) -> Iterable[AnyPair]:
        """Its first two parts, if it has several."""
        first, *others = self.literals()
        return [(LiteralPair(first, second, self.phrase.max_words),) for second in others[:1]]

    def literals(self) -> Sequence[str]:
        """Its parts."""
        return [part.literal for part in self.phrase.parts]

    def scanned_fields(self) -> Iterable[str]:
        """The field, or the fields that it is made of."""
        return scanned_fields(self.field)


@dataclass(frozen=True, slots=True)
class MemberTest(FieldTest):
    """A field of ids holds somebody who counts for a list.

    `rolled_up` has the member that he counts as, if he is none himself.
    """

    field: str
    ids: frozenset[str]
    rolled_up: Mapping[str, str]
    cost: ClassVar[int] = 20

    def holds(self, view: EventView) -> bool:
        """Whether one of its values is among the ids."""
        return not self.ids.isdisjoint(view.values(self.field))

    def members(self, view: EventView) -> Iterable[str]:
        """The members that the values count as, each once."""
        ids = (text for text in map(as_text, view.values(self.field)) if text in self.ids)
        return dict.fromkeys(self.rolled_up.get(member, member) for member in ids)

    def char_spans(self, view: EventView) -> Iterable[CharSpan]:
        """Where they are named in the words."""
        return view.char_spans(_member_spans(view, self.field, self.ids))

    def required_groups(self) -> Iterable[frozenset[Atom]]:
        """Any of the ids."""
        return [_any_member(self.field, self.ids)]


@lru_cache(maxsize=1024)
def _any_member(field: str, ids: frozenset[str]) -> frozenset[Atom]:
    """The group of a list: one for all rules that name it, since it may be long."""
    return frozenset((field, member) for member in ids)


@dataclass(frozen=True, slots=True)
class NameTest(FieldTest):
    """A member of a list is named in a field of words."""

    field: str
    ids: frozenset[str]
    cost: ClassVar[int] = 2

    def holds(self, view: EventView) -> bool:
        """Whether one of its members is named there."""
        return any(True for _ in self.word_spans(view))

    def word_spans(self, view: EventView) -> Iterable[WordSpan]:
        """Where they are named in the field."""
        return _member_spans(view, self.field, self.ids)

    def members(self, view: EventView) -> Iterable[str]:
        """The values that name one."""
        return dict.fromkeys(view.scan.text_at(span).raw for span in self.word_spans(view))

    def char_spans(self, view: EventView) -> Iterable[CharSpan]:
        """Where they are named in the words."""
        return view.char_spans(self.word_spans(view))

    def scanned_fields(self) -> Iterable[str]:
        """The field, or the fields that it is made of."""
        return scanned_fields(self.field)


def _member_spans(view: EventView, field: str, ids: frozenset[str]) -> Iterable[WordSpan]:
    return (mention.span for mention in view.mentions_in(field) if mention.member in ids)
