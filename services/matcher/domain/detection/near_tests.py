"""The test `near`: all of several phrases in one sentence."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from services.matcher.domain.detection.pattern_tests import PatternTest
from services.matcher.domain.detection.predicates import Atom, FieldTest
from services.matcher.domain.detection.text_tests import NameTest, PhraseTest
from services.matcher.domain.detection.view import EventView
from services.matcher.domain.text.fold import CharSpan
from services.matcher.domain.text.literal_order import AnyPair
from services.matcher.domain.text.scan import WordSpan
from services.matcher.domain.text.sentences import SentenceIndex, sentence_of
from services.matcher.domain.words.word_list import IndexedList


@dataclass(frozen=True, slots=True)
class NearTest(FieldTest):
    """One sentence holds every part: a phrase, or any name of a list."""

    field: str
    parts: tuple[PhraseTest | PatternTest | NameTest, ...]
    cost: ClassVar[int] = 8

    def holds(self, view: EventView) -> bool:
        """Whether a sentence holds every part."""
        return all(part.holds(view) for part in self.parts) and bool(self._shared_sentences(view))

    def members(self, view: EventView) -> Iterable[str]:
        """The values that have such a sentence."""
        return dict.fromkeys(
            view.scan.texts[index].raw for index, _ in sorted(self._shared_sentences(view))
        )

    def char_spans(self, view: EventView) -> Iterable[CharSpan]:
        """The spans of the parts in such sentences."""
        shared = self._shared_sentences(view)
        return view.char_spans(
            span
            for part in self.parts
            for span, sentence in _spans_with_sentences(view, part)
            if sentence in shared
        )

    def required_groups(self) -> Iterable[frozenset[Atom]]:
        """The groups of its parts: it needs every part."""
        return [group for part in self.parts for group in part.required_groups()]

    def required_pairs(self) -> Iterable[AnyPair]:
        """Those of its parts."""
        return [pairs for part in self.parts for pairs in part.required_pairs()]

    def literals(self) -> Iterable[str]:
        """The literals of its parts."""
        return [literal for part in self.parts for literal in part.literals()]

    def scanned_fields(self) -> Iterable[str]:
        """The field, or the fields that it is made of."""
        return self.parts[0].scanned_fields()

    def word_lists(self) -> Iterable[IndexedList]:
        """The word lists of its parts."""
        return [listed for part in self.parts for listed in part.word_lists()]

    def _shared_sentences(self, view: EventView) -> set[SentenceIndex]:
        sentences = (
            {sentence for _, sentence in _spans_with_sentences(view, part)} for part in self.parts
        )
        return set.intersection(*sentences)


def _spans_with_sentences(
    view: EventView, part: PhraseTest | PatternTest | NameTest
) -> Iterator[tuple[WordSpan, SentenceIndex]]:
    """The spans of a part, each with its sentence; not those that reach over the end of one."""
    for span in part.word_spans(view):
        sentence = sentence_of(view.scan, span)
        if sentence is not None:
            yield span, sentence
