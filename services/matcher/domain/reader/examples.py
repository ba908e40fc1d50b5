"""What heads learn from: texts, with what each says of which meaning."""

from collections.abc import Iterator
from dataclasses import dataclass

from schemas.rule import DetectionRule
from services.matcher.domain.backtest.cases import InvalidCase, build_events
from services.matcher.domain.backtest.score import LabelledReport
from services.matcher.domain.detection.fields import words
from services.matcher.domain.detection.means_tests import Meaning
from services.matcher.domain.packs.documents import PackDocuments


@dataclass(frozen=True, slots=True)
class Example:
    """A text and the labels that it is an example of.

    `about` are the labels that it is told for: a rule's own case says nothing of other rules; None
    is all of them. Those in `allow` are left out.
    """

    text: str
    labels: frozenset[str] = frozenset()
    allow: frozenset[str] = frozenset()
    about: frozenset[str] | None = None
    example_id: str = ""

    def says(self, label: str) -> bool | None:
        """Whether it is an example of that label; None: nobody knows."""
        if label in self.labels:
            return True
        known = self.about is None or label in self.about
        return False if known and label not in self.allow else None


def from_labelled(report: LabelledReport) -> Example:
    """A labelled report as an example of every label that it names, and of no other."""
    label = report.label
    return Example(words(report.event), label.expect, label.allow, example_id=report.event.id)


def from_meaning(meaning: Meaning) -> Iterator[Example]:
    """The texts that a rule writes beside `means`."""
    own = frozenset({meaning.key})
    yield from (Example(text, own, about=own) for text in meaning.like)
    yield from (Example(text, about=own) for text in meaning.unlike)


def list_own_examples(pack: PackDocuments) -> Iterator[Example]:
    """What the rules themselves say: their `examples`, and their cases of one report."""
    for rule in pack.rules:
        if isinstance(rule.document, DetectionRule):
            yield from _list_written(rule.document)
            yield from _list_cases(rule.document)


def _list_written(rule: DetectionRule) -> Iterator[Example]:
    own = frozenset({rule.name})
    yield from (Example(text, own, about=own) for text in rule.examples.like)
    yield from (Example(text, about=own) for text in rule.examples.unlike)


def _list_cases(rule: DetectionRule) -> Iterator[Example]:
    """The cases of one report; one that is malformed is `rules test`'s to report."""
    own = frozenset({rule.name})
    for test in rule.tests:
        try:
            events = build_events(test)
        except InvalidCase:
            continue
        if len(events) == 1:
            labels = frozenset[str]() if test.silent else own
            yield Example(words(events[0]), labels, about=own)
