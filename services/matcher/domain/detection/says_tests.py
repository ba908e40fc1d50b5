"""The test `says`: one sentence says who does what, and asserts it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from services.matcher.domain.detection.pattern_tests import required_group
from services.matcher.domain.detection.predicates import Atom, FieldTest, RequiredNaming
from services.matcher.domain.detection.report_sentences import Phrases, ReportSentences
from services.matcher.domain.detection.sentence_readings import (
    NO_READINGS,
    SentenceReading,
    SentenceReadings,
)
from services.matcher.domain.detection.view import EventView, scanned_fields
from services.matcher.domain.says.describe import describe_said
from services.matcher.domain.says.outcomes import PartOutcome
from services.matcher.domain.says.parts import Group, Part, SaidPhrase
from services.matcher.domain.says.statement import Statement, read_if_said, read_statement
from services.matcher.domain.text.fold import CharSpan
from services.matcher.domain.words.word_index import pattern_lists
from services.matcher.domain.words.word_list import BoundPattern, IndexedList

Side = SaidPhrase | Group
MOST_READ = 64
"""So many sentences of a report are read for what an alert shows and counts."""
DOERS = "doers"
"""The field of those who do an act; those who undergo one are in `undergoers`."""


@dataclass(frozen=True, eq=False)
class SaysTest(FieldTest):
    """A sentence of the field meets every part of a statement."""

    field: str
    statement: Statement
    cost: ClassVar[int] = 30
    reads_sentences: ClassVar[bool] = True

    def holds(self, view: EventView) -> bool:
        """Whether a sentence says it."""
        return self._may_hold(view) and bool(self._kept(view).first(1))

    def members(self, view: EventView) -> Iterable[str]:
        """The texts that have such a sentence."""
        report = view.sentences()
        fields = dict.fromkeys(report.field_of(number) for number, _ in self.readings(view))
        return [text.raw for text in view.scan.texts if text.field in fields]

    def char_spans(self, view: EventView) -> Iterable[CharSpan]:
        """The words that meet the parts."""
        report = view.sentences()
        return view.char_spans(
            report.span(number, words)
            for number, outcomes in self.readings(view)
            for outcome in outcomes
            for meeting in outcome.meetings
            for words in meeting.words
        )

    def readings(self, view: EventView) -> Sequence[SentenceReading]:
        """What became of each part in the first 64 sentences that say it; kept for the report."""
        return self._kept(view).first(MOST_READ)

    def _kept(self, view: EventView) -> SentenceReadings:
        report = view.sentences()
        known = report.readings.get(self)
        if known is None:
            numbers = self._candidates(view)
            known = SentenceReadings(self._saying(report, numbers)) if numbers else NO_READINGS
            report.readings[self] = known
        return known

    def numbers(self, view: EventView) -> list[int]:
        """The numbers of all sentences of the field."""
        report, fields = view.sentences(), scanned_fields(self.field)
        return [number for number in range(len(report)) if report.field_of(number) in fields]

    def read(self, view: EventView, number: int) -> tuple[PartOutcome, ...]:
        """What becomes of each part in one sentence."""
        return read_statement(self.statement, view.sentences().scene(number))

    def said(self, view: EventView) -> str:
        """What the first sentence that says it says, in a line; empty if none does."""
        return next((describe_said(outcomes) for _, outcomes in self.readings(view)), "")

    def roles(self, name: str, view: EventView) -> Iterable[str]:
        """Who does or undergoes the acts of the parts, each once, as the part's list counts him."""
        return dict.fromkeys(
            member
            for _, outcomes in self.readings(view)
            for outcome in outcomes
            for meeting in outcome.meetings
            for member in (meeting.doers if name == DOERS else meeting.undergoers)
        )

    def role_lists(self, name: str) -> Iterable[str]:
        """The lists of members in the parts that must be there."""
        for part in self.statement.parts:
            group = part.doer if name == DOERS else part.undergoer
            if isinstance(group, Group) and not part.absent:
                yield group.text.strip("%")

    def required_groups(self) -> Iterable[frozenset[Atom]]:
        """Of each part that must be there its words, lists and members."""
        return [group for sides in self._sides for side in sides for group in _groups(side)]

    def required_namings(self) -> Iterable[RequiredNaming]:
        """Each group of members beside the lists of the parts."""
        if self._list_keys:
            for group in self._member_groups:
                yield RequiredNaming(group, self._list_keys)

    def scanned_fields(self) -> Iterable[str]:
        """The field, or the fields that it is made of."""
        return scanned_fields(self.field)

    def word_lists(self) -> Iterable[IndexedList]:
        """The word lists of its parts."""
        return [
            listed
            for part in self.statement.parts
            for side in _sides(part)
            if isinstance(side, SaidPhrase) and isinstance(side.looked, BoundPattern)
            for listed in pattern_lists(side.looked)
        ]

    @cached_property
    def _sides(self) -> tuple[tuple[Side, ...], ...]:
        parts = (part for part in self.statement.parts if not part.absent)
        return tuple(tuple(_sides(part)) for part in parts)

    @cached_property
    def _list_keys(self) -> tuple[frozenset[str], ...]:
        """Keys of word lists, the rarest first: a sentence that says it has one of each group."""
        frequencies = {listed.key: listed.frequency for listed in self.word_lists()}
        groups = (frozenset(value for _, value in group) for group in self.required_groups())
        of_lists = (group for group in groups if group <= frequencies.keys())
        return tuple(sorted(of_lists, key=lambda keys: sum(frequencies[key] for key in keys)))

    @cached_property
    def _member_groups(self) -> tuple[Group, ...]:
        """Of each group a sentence names a member."""
        sides = (side for sides in self._sides for side in sides)
        return tuple(side for side in sides if isinstance(side, Group))

    def _saying(self, report: ReportSentences, numbers: Iterable[int]) -> Iterator[SentenceReading]:
        """The sentences that say it; only those are read that have the words of every part."""
        fields = scanned_fields(self.field)
        for number in numbers:
            if report.field_of(number) in fields and self._has_phrases(report.phrases(number)):
                outcomes = read_if_said(self.statement, report.scene(number))
                if outcomes is not None:
                    yield number, outcomes

    def _has_phrases(self, phrases: Phrases) -> bool:
        for looked in self._phrases:  # noqa: SIM110  (a generator costs more than the look)
            if not phrases[looked]:
                return False
        return True

    @cached_property
    def _phrases(self) -> tuple[BoundPattern, ...]:
        """The phrases that a sentence must have."""
        sides = (side for sides in self._sides for side in sides)
        looked = (side.looked for side in sides if isinstance(side, SaidPhrase))
        return tuple(each for each in looked if isinstance(each, BoundPattern))

    def _may_hold(self, view: EventView) -> bool:
        """Whether the report names somebody or has a word of each part's lists; most do not.

        None of their sentences is cut.
        """
        if self._member_groups:
            return bool(view.mentions())
        has_none_of = view.finder().triggers.keys().isdisjoint
        for keys in self._list_keys:  # noqa: SIM110  (a generator costs more than the look)
            if has_none_of(keys):
                return False
        return True

    def _candidates(self, view: EventView) -> Sequence[int]:
        """The sentences with a member of each group and a word of each part's lists, in order."""
        report, lists = view.sentences(), self._list_keys
        if not self._member_groups:
            return report.holding(lists) if self._may_hold(view) else ()
        naming = report.naming_each(self._member_groups)
        return [number for number in naming if report.may_hold(number, lists)]


def _sides(part: Part) -> Iterator[Side]:
    """What a part looks for, acts first, since they are found at least cost."""
    return (side for side in (part.act, part.undergoer, part.doer) if side is not None)


def _groups(side: Side) -> Iterator[frozenset[Atom]]:
    if isinstance(side, Group):
        yield frozenset(("entities", member) for member in side.counted)
    elif isinstance(side.looked, BoundPattern):
        groups = (required_group(part, named=True) for part in side.looked.parts)
        yield from filter(None, groups)
