"""An event with the lists of one pack: its fields, and what the scan found in them."""

from bisect import bisect_right
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice

from schemas.event import Event
from services.matcher.domain.detection.earth import point_of
from services.matcher.domain.detection.fields import (
    DERIVED,
    WORDS_APART,
    Value,
    as_text,
    plain_values,
    reader,
    words,
)
from services.matcher.domain.detection.lists import Lists
from services.matcher.domain.detection.mentions import NAMED_IN, MemberMention, find_members
from services.matcher.domain.detection.report_sentences import ReportSentences, ReportWordsFound
from services.matcher.domain.text.fold import CharSpan
from services.matcher.domain.text.names import OrganisationName, find_organisations
from services.matcher.domain.text.phrases import Phrase
from services.matcher.domain.text.report_words import WordRange
from services.matcher.domain.text.scan import ScannedText, ScanResult, WordSpan, find_phrase
from services.matcher.domain.words.finder import WordFinder

_ID_FIELDS: Mapping[str, frozenset[str]] = {
    "entities": frozenset(NAMED_IN),
    "actor_ids": frozenset({"actors"}),
    "target_ids": frozenset({"targets"}),
}
_MOST_SHOWN = 64
_WORDS = frozenset({"title", "text"})
IN_WORDS = _WORDS | {"words"}
"""The fields whose text is part of the words."""


def scanned_texts(event: Event, fields: Iterable[str]) -> tuple[ScannedText, ...]:
    """The texts of `fields`, for the scanner."""
    texts: list[ScannedText] = []
    for name in fields:
        value = reader(name)(event)
        if isinstance(value, str):
            texts.append(ScannedText(name, value))
        elif value and isinstance(value, tuple):
            texts += [ScannedText(name, text) for text in value if isinstance(text, str)]
    return tuple(texts)


@dataclass(slots=True)
class EventView:
    """The event, its scan, and the values derived so far.

    `meant` has the tests of meanings that hold; without the reader none does.
    """

    event: Event
    scan: ScanResult
    lists: Lists
    meant: Container[object] = frozenset()
    _values: dict[str, tuple[Value, ...]] = field(default_factory=dict)
    _folded_case: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _mentions: tuple[MemberMention, ...] | None = None
    _unknown_names: tuple[OrganisationName, ...] | None = None
    _finder: WordFinder | None = None
    _sentences: ReportSentences | None = None
    _char_spans: dict[WordSpan, CharSpan | None] = field(default_factory=dict)

    def values(self, name: str) -> tuple[Value, ...]:
        """The values of a field; none when it is absent."""
        known = self._values.get(name)
        if known is None:
            known = self._values[name] = self._derive(name)
        return known

    def caseless(self, name: str) -> tuple[str, ...]:
        """The values of a field as text without case, in the order of `values`."""
        known = self._folded_case.get(name)
        if known is None:
            known = tuple([as_text(value).casefold() for value in self.values(name)])
            self._folded_case[name] = known
        return known

    def mentions(self) -> tuple[MemberMention, ...]:
        """Every mention of a member of the pack's lists."""
        if self._mentions is None:
            self._mentions = find_members(self.lists, self.scan)
        return self._mentions

    def mentions_in(self, name: str) -> Iterable[MemberMention]:
        """The mentions in a field, or in the fields that its ids come from."""
        fields = scanned_fields(name)
        return (mention for mention in self.mentions() if mention.field in fields)

    def finder(self) -> WordFinder:
        """Finds word lists, and patterns with names of members in them."""
        if self._finder is None:
            self._finder = WordFinder(
                self.scan.words,
                self._find_named,
                self.scan.index,
                reported=self.event.language,
            )
        return self._finder

    def sentences(self) -> ReportSentences:
        """The sentences of title and text."""
        if self._sentences is None:
            self._sentences = ReportSentences(
                ReportWordsFound(
                    self.scan,
                    self.lists.words,
                    self.mentions,
                    self.event.language,
                    self.lists.parents,
                )
            )
        return self._sentences

    def _find_named(self, members: frozenset[str]) -> Iterable[WordRange]:
        spans = sorted(mention.span for mention in self.mentions() if mention.member in members)
        return self.scan.words.word_ranges(spans)

    def unknown_names(self) -> tuple[OrganisationName, ...]:
        """The names of organisations in the words that are in no list."""
        if self._unknown_names is None:
            names = find_organisations(words(self.event), self.lists.heads)
            in_words = filter(_is_in_words, self.mentions()) if names else ()
            mentions = sorted(in_words, key=_title_first)
            span_of = cache(self._span_in_words)
            self._unknown_names = tuple(
                name for name in names if not _is_within(name.head_span, mentions, span_of)
            )
        return self._unknown_names

    def _span_in_words(self, mention: MemberMention) -> CharSpan:
        """Where the raw words name the member: to find it costs far more than to find the name."""
        return self.in_words(mention.field, self.scan.raw_span(mention.span))

    def find_phrase(self, name: str, phrase: Phrase) -> Iterable[WordSpan]:
        """The spans of a phrase in a field."""
        fields = scanned_fields(name)
        spans = find_phrase(self.scan, phrase)
        return (span for span in spans if self.scan.text_at(span).field in fields)

    def char_spans(self, spans: Iterable[WordSpan]) -> Iterable[CharSpan]:
        """Those of the spans that are in the words, as spans of the raw words.

        At most 64: they are shown to people.
        """
        return filter(None, map(self._char_span, islice(spans, _MOST_SHOWN)))

    def _char_span(self, span: WordSpan) -> CharSpan | None:
        """The span in the raw words, None if it is not in them; found once for all rules."""
        if span not in self._char_spans:
            name = self.scan.text_at(span).field
            raw = self.scan.raw_span(span) if name in _WORDS else None
            self._char_spans[span] = raw and self.in_words(name, raw)
        return self._char_spans[span]

    def in_words(self, name: str, span: CharSpan) -> CharSpan:
        """A span of the title, the text or the words as a span of the words."""
        title = self.event.title
        shift = len(title) + len(WORDS_APART) if name == "text" and title else 0
        return CharSpan(span.start + shift, span.end + shift)

    def _derive(self, name: str) -> tuple[Value, ...]:
        if name not in DERIVED:
            return plain_values(self.event, name)
        if name == "sites":
            point = point_of(self.event)
            return () if point is None else self.lists.places.at(point)
        if name == "names":
            return tuple(sorted({unknown.name for unknown in self.unknown_names()}))
        return tuple(sorted({mention.member for mention in self.mentions_in(name)}))


def _is_in_words(mention: MemberMention) -> bool:
    return mention.field in _WORDS


def _title_first(mention: MemberMention) -> tuple[bool, WordSpan]:
    return mention.field == "text", mention.span


def _is_within(
    span: CharSpan, mentions: Sequence[MemberMention], span_of: Callable[[MemberMention], CharSpan]
) -> bool:
    """Whether one of the mentions covers the span; they are in order, and none is inside another.

    Only those are looked up in the raw words that stand near it.
    """
    last = bisect_right(mentions, span.start, key=lambda mention: span_of(mention).start) - 1
    return last >= 0 and span.end <= span_of(mentions[last]).end


def scanned_fields(name: str) -> frozenset[str]:
    """The scanned fields that a field is made of."""
    if name == "words":
        return _WORDS
    return _ID_FIELDS.get(name) or frozenset({name})
