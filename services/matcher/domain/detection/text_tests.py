"""Conditions on words: Sigma's strings and expressions, phrases, and the names of lists."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from services.matcher.domain.detection.fields import as_text
from services.matcher.domain.detection.predicates import Atom, FieldTest
from services.matcher.domain.detection.view import IN_WORDS, EventView, texts_of
from services.matcher.domain.text.fold import CharSpan
from services.matcher.domain.text.phrases import Phrase
from services.matcher.domain.text.proximity import Pair, pairs_of, stands
from services.matcher.domain.text.scan import WordSpan

Find = Callable[[str], tuple[int, int] | None]
"""Where a text meets the condition: start and end; None when it does not."""


@dataclass(frozen=True, slots=True)
class TextTest(FieldTest):
    """A Sigma string or expression. `find` is given the value, without case unless `cased`.

    `whole` is the value itself without case, where nothing else would do.
    """

    field: str
    find: Find
    cased: bool = False
    whole: str | None = None

    def holds(self, view: EventView) -> bool:
        """Whether a value of the field is accepted."""
        if self.whole is not None:
            return self.whole in view.caseless(self.field)
        texts = map(as_text, view.values(self.field)) if self.cased else view.caseless(self.field)
        return any(self.find(text) is not None for text in texts)

    def members(self, view: EventView) -> Iterable[str]:
        """The accepted values."""
        return (text for text, _ in self._found(view))

    def stretches(self, view: EventView) -> Iterable[CharSpan]:
        """The first place in the words."""
        if self.field not in IN_WORDS:
            return
        for text, place in self._found(view):
            raw = place if self.cased else _before_casefold(text, place)
            yield view.in_words(self.field, raw)

    def groups(self) -> Iterable[frozenset[Atom]]:
        """The value, where it must be the whole of it."""
        return () if self.whole is None else [frozenset({(self.field, self.whole)})]

    def _found(self, view: EventView) -> Iterable[tuple[str, CharSpan]]:
        for text in map(as_text, view.values(self.field)):
            found = self.find(text if self.cased else text.casefold())
            if found is not None:
                yield text, CharSpan(*found)


def _before_casefold(text: str, place: CharSpan) -> CharSpan:
    """The place in `text` itself: casefold may lengthen it, as ß to ss."""
    if len(text.casefold()) == len(text) or place.start == place.end:
        return place
    origin = [index for index, sign in enumerate(text) for _ in sign.casefold()]
    return CharSpan(origin[place.start], origin[place.end - 1] + 1)


@dataclass(frozen=True, slots=True)
class PhraseTest(FieldTest):
    """A phrase stands in the field."""

    field: str
    phrase: Phrase
    cost: ClassVar[int] = 2

    def holds(self, view: EventView) -> bool:
        """Whether it stands there."""
        return stands(view.scan, self.phrase, texts_of(self.field))

    def places(self, view: EventView) -> Iterable[WordSpan]:
        """Where it stands in the field."""
        return view.places(self.field, self.phrase)

    def members(self, view: EventView) -> Iterable[str]:
        """The values that it stands in."""
        return dict.fromkeys(view.scan.text_at(place).raw for place in self.places(view))

    def stretches(self, view: EventView) -> Iterable[CharSpan]:
        """Every place in the words."""
        return view.stretches(self.places(view))

    def groups(self) -> Iterable[frozenset[Atom]]:
        """Each of its pieces: every one must be there."""
        return [frozenset({("", literal)}) for literal in self.literals()]

    def pairs(self) -> Iterable[Pair]:
        """The neighbours among its words."""
        return pairs_of(self.phrase)

    def literals(self) -> Iterable[str]:
        """Its pieces."""
        return [piece.literal for piece in self.phrase.pieces]

    def scans(self) -> Iterable[str]:
        """The field, or what it is made of."""
        return texts_of(self.field)


@dataclass(frozen=True, slots=True)
class MemberTest(FieldTest):
    """A field of ids holds a member of a list."""

    field: str
    ids: frozenset[str]
    cost: ClassVar[int] = 20

    def holds(self, view: EventView) -> bool:
        """Whether one of its members is among the ids."""
        return not self.ids.isdisjoint(view.values(self.field))

    def members(self, view: EventView) -> Iterable[str]:
        """The ids that are members."""
        return (text for text in map(as_text, view.values(self.field)) if text in self.ids)

    def stretches(self, view: EventView) -> Iterable[CharSpan]:
        """Where the members are named in the words."""
        return view.stretches(_places_of(view, self.field, self.ids))

    def groups(self) -> Iterable[frozenset[Atom]]:
        """Any of the ids."""
        return [_any_of(self.field, self.ids)]


@lru_cache(maxsize=1024)
def _any_of(field: str, ids: frozenset[str]) -> frozenset[Atom]:
    """The same for every rule that asks for the same list, which may be long."""
    return frozenset((field, member) for member in ids)


@dataclass(frozen=True, slots=True)
class NameTest(FieldTest):
    """A member of a list is named in a field of words."""

    field: str
    ids: frozenset[str]
    cost: ClassVar[int] = 2

    def holds(self, view: EventView) -> bool:
        """Whether one of its members is named there."""
        return any(True for _ in self.places(view))

    def places(self, view: EventView) -> Iterable[WordSpan]:
        """Where they are named in the field."""
        return _places_of(view, self.field, self.ids)

    def members(self, view: EventView) -> Iterable[str]:
        """The values that name one."""
        return dict.fromkeys(view.scan.text_at(place).raw for place in self.places(view))

    def stretches(self, view: EventView) -> Iterable[CharSpan]:
        """Where they are named in the words."""
        return view.stretches(self.places(view))

    def scans(self) -> Iterable[str]:
        """The field, or what it is made of."""
        return texts_of(self.field)


def _places_of(view: EventView, field: str, ids: frozenset[str]) -> Iterable[WordSpan]:
    return (one.place for one in view.named_in(field) if one.member in ids)
