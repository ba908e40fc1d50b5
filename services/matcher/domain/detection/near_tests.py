"""The condition `near`: all of several phrases in one sentence."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from services.matcher.domain.detection.predicates import Atom, FieldTest
from services.matcher.domain.detection.text_tests import NameTest, PhraseTest
from services.matcher.domain.detection.view import EventView
from services.matcher.domain.text.fold import CharSpan
from services.matcher.domain.text.scan import WordSpan
from services.matcher.domain.text.sentences import Sentence, sentence_of


@dataclass(frozen=True, slots=True)
class NearTest(FieldTest):
    """Each part, a phrase or any name of a list, stands in one and the same sentence."""

    field: str
    parts: tuple[PhraseTest | NameTest, ...]
    cost: ClassVar[int] = 3

    def holds(self, view: EventView) -> bool:
        """Whether a sentence has all of them."""
        return all(part.holds(view) for part in self.parts) and bool(self._shared(view))

    def members(self, view: EventView) -> Iterable[str]:
        """The values that have such a sentence."""
        return dict.fromkeys(view.scan.texts[index].raw for index, _ in sorted(self._shared(view)))

    def stretches(self, view: EventView) -> Iterable[CharSpan]:
        """Every part in such sentences."""
        shared = self._shared(view)
        return view.stretches(
            place
            for part in self.parts
            for place, sentence in _placed(view, part)
            if sentence in shared
        )

    def groups(self) -> Iterable[frozenset[Atom]]:
        """Those of its phrases: every phrase must be there."""
        return [group for part in self.parts for group in part.groups()]

    def literals(self) -> Iterable[str]:
        """Those of its phrases."""
        return [literal for part in self.parts for literal in part.literals()]

    def scans(self) -> Iterable[str]:
        """The field, or what it is made of."""
        return self.parts[0].scans()

    def _shared(self, view: EventView) -> set[Sentence]:
        each = [{sentence for _, sentence in _placed(view, part)} for part in self.parts]
        return set.intersection(*each)


def _placed(view: EventView, part: PhraseTest | NameTest) -> Iterator[tuple[WordSpan, Sentence]]:
    for place in part.places(view):
        sentence = sentence_of(view.scan, place)
        if sentence is not None:
            yield place, sentence
