"""One event as the rules of one pack see it: its fields, and what the scan found in them."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import accumulate, islice

from schemas.event import Event
from services.matcher.domain.detection.earth import point_of
from services.matcher.domain.detection.fields import (
    WORDS_APART,
    WORKED_OUT,
    Value,
    as_text,
    plain_values,
    reader,
    words,
)
from services.matcher.domain.detection.lists import NAMED_IN, Lists, MemberMention, named
from services.matcher.domain.text.fold import CharSpan
from services.matcher.domain.text.names import OrganisationName, organisation_names
from services.matcher.domain.text.phrases import Phrase
from services.matcher.domain.text.scan import ScannedText, ScanResult, WordSpan, places

_ID_FIELDS: Mapping[str, frozenset[str]] = {
    "entities": frozenset(NAMED_IN),
    "actor_ids": frozenset({"actors"}),
    "target_ids": frozenset({"targets"}),
}
_MOST_SEEN = 64
_WORDS = frozenset({"title", "text"})
IN_WORDS = _WORDS | {"words"}
"""The fields whose text is part of the words."""


def scanned_texts(event: Event, fields: Iterable[str]) -> tuple[ScannedText, ...]:
    """The texts of `fields`, in which names and phrases are looked for."""
    texts: list[ScannedText] = []
    for name in fields:
        value = reader(name)(event)
        if isinstance(value, str):
            texts.append(ScannedText(name, value))
        elif isinstance(value, tuple):
            texts += [ScannedText(name, one) for one in value if isinstance(one, str)]
    return tuple(texts)


@dataclass(slots=True)
class EventView:
    """The event, its scan, and the answers already worked out."""

    event: Event
    scan: ScanResult
    lists: Lists
    _values: dict[str, tuple[Value, ...]] = field(default_factory=dict)
    _folded_case: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _named: tuple[MemberMention, ...] | None = None
    _unknown: tuple[OrganisationName, ...] | None = None

    def values(self, name: str) -> tuple[Value, ...]:
        """The values of a field; none when it is absent."""
        known = self._values.get(name)
        if known is None:
            known = self._values[name] = self._look_up(name)
        return known

    def caseless(self, name: str) -> tuple[str, ...]:
        """The values of a field as text without case, in the order of `values`."""
        known = self._folded_case.get(name)
        if known is None:
            known = tuple([as_text(value).casefold() for value in self.values(name)])
            self._folded_case[name] = known
        return known

    def named(self) -> tuple[MemberMention, ...]:
        """Every member of a list of this pack that is named, and where."""
        if self._named is None:
            self._named = named(self.lists, self.scan)
        return self._named

    def named_in(self, name: str) -> Iterable[MemberMention]:
        """Those that stand in a field, or whose ids are its values."""
        texts = texts_of(name)
        return (one for one in self.named() if one.field in texts)

    def unknown_names(self) -> tuple[OrganisationName, ...]:
        """The names of organisations in the words that no list knows, as stretches of the words."""
        if self._unknown is None:
            found = organisation_names(words(self.event), self.lists.heads)
            known = self._known_stretches() if found else []
            self._unknown = tuple(one for one in found if not _within(one.told_by, known))
        return self._unknown

    def _known_stretches(self) -> list[CharSpan]:
        """Where the words name members of lists, in order; each reaches as far as one before it."""
        found = sorted(
            (stretch.start, stretch.end)
            for one in self.named()
            if one.field in _WORDS
            for stretch in (self.in_words(one.field, self.scan.stretch(one.place)),)
        )
        reach = accumulate((end for _, end in found), max)
        return [CharSpan(start, end) for (start, _), end in zip(found, reach, strict=True)]

    def places(self, name: str, phrase: Phrase) -> Iterable[WordSpan]:
        """Where the phrase stands in a field."""
        found = places(self.scan, phrase)
        texts = texts_of(name)
        return (place for place in found if self.scan.text_at(place).field in texts)

    def stretches(self, found: Iterable[WordSpan]) -> Iterable[CharSpan]:
        """Those of the places that are in the words, as stretches of the raw words.

        They are for people to see, so 64 are enough.
        """
        for place in islice(found, _MOST_SEEN):
            text = self.scan.text_at(place)
            if text.field in _WORDS:
                yield self.in_words(text.field, self.scan.stretch(place))

    def in_words(self, name: str, stretch: CharSpan) -> CharSpan:
        """A stretch of title, text or words as one of the words."""
        title = self.event.title
        shift = len(title) + len(WORDS_APART) if name == "text" and title else 0
        return CharSpan(stretch.start + shift, stretch.end + shift)

    def _look_up(self, name: str) -> tuple[Value, ...]:
        if name not in WORKED_OUT:
            return plain_values(self.event, name)
        if name == "sites":
            point = point_of(self.event)
            return () if point is None else self.lists.places.at(point)
        if name == "names":
            return tuple(sorted({one.name for one in self.unknown_names()}))
        return tuple(sorted({one.member for one in self.named_in(name)}))


def _within(inner: CharSpan, known: list[CharSpan]) -> bool:
    last = bisect_right(known, inner.start, key=_start) - 1
    return last >= 0 and inner.end <= known[last].end


def _start(stretch: CharSpan) -> int:
    return stretch.start


def texts_of(name: str) -> frozenset[str]:
    """The scanned fields that a field's words stand in."""
    if name == "words":
        return _WORDS
    return _ID_FIELDS.get(name) or frozenset({name})
