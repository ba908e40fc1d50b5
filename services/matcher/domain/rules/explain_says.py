"""How much of each `says` an event meets: what each part met, and what it lacked."""

from collections.abc import Iterator
from dataclasses import dataclass

from schemas.event import Event
from services.matcher.domain.detection.fields import words
from services.matcher.domain.detection.predicates import field_tests
from services.matcher.domain.detection.says_tests import SaysTest
from services.matcher.domain.detection.view import EventView
from services.matcher.domain.rules.matching import view_event
from services.matcher.domain.rules.rulebook import Rulebook
from services.matcher.domain.says.outcomes import PartOutcome
from services.matcher.domain.text.report_words import WordRange


@dataclass(frozen=True, slots=True)
class PartExplanation:
    """One part in one sentence, as written and in the words of the report.

    `met` are the words that meet it. If it does not hold, `veto` has the list and words of the cue
    that vetoes it, `others` those who do the act instead, and `lacks` what is not there: words,
    doer or undergoer. A part that must be absent and is there has `met` and does not hold.
    """

    part: str
    holds: bool
    met: tuple[str, ...] = ()
    veto: str = ""
    others: tuple[str, ...] = ()
    lacks: str = ""


@dataclass(frozen=True, slots=True)
class SaysExplanation:
    """The sentence that comes nearest to one `says` of a rule."""

    rule: str
    holds: bool
    sentence: str
    parts: tuple[PartExplanation, ...]


def explain_says(rulebook: Rulebook, event: Event) -> tuple[SaysExplanation, ...]:
    """For each `says` of each rule the nearest sentence, if it holds anything of an act or words.

    Every sentence is read for every rule: for people, not for streams.
    """
    return tuple(
        explanation
        for pack, view in view_event(rulebook, event)
        for rule in pack.rules
        for test in field_tests(rule.predicate)
        if isinstance(test, SaysTest)
        for explanation in _explain(rule.name, test, view)
    )


def _explain(rule: str, test: SaysTest, view: EventView) -> Iterator[SaysExplanation]:
    read = [(number, test.read(view, number)) for number in test.numbers(view)]
    if not read:
        return
    number, outcomes = max(read, key=_nearness)
    if not any(outcome.seen for outcome in outcomes if not outcome.part.absent):
        return
    parts = tuple(_explain_part(outcome, view, number) for outcome in outcomes)
    sentence = " ".join(view.sentences().raw(number).split())
    yield SaysExplanation(rule, all(part.holds for part in parts), sentence, parts)


def _nearness(read: tuple[int, tuple[PartOutcome, ...]]) -> tuple[int, int]:
    """How many parts hold, and of how many the words are there."""
    _, outcomes = read
    asked = [outcome for outcome in outcomes if not outcome.part.absent]
    return sum(outcome.holds for outcome in outcomes), sum(bool(outcome.seen) for outcome in asked)


def _explain_part(outcome: PartOutcome, view: EventView, number: int) -> PartExplanation:
    def written(places: Iterator[WordRange]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(_written(view, number, place) for place in places))

    part = outcome.part
    met = written(words for meeting in outcome.meetings for words in meeting.words)
    if outcome.holds or part.absent:
        return PartExplanation(part.text, outcome.holds, met)
    if outcome.veto is not None:
        cue = outcome.veto
        veto = f"{cue.name}: {_written(view, number, cue.words)}"
        return PartExplanation(part.text, holds=False, veto=veto, met=written(iter(outcome.seen)))
    others = written(other.words for other in outcome.others)
    lacks = _lacking(outcome)
    return PartExplanation(
        part.text, holds=False, met=written(iter(outcome.seen)), others=others, lacks=lacks
    )


def _lacking(outcome: PartOutcome) -> str:
    """The side of the part that is not there, as written."""
    part = outcome.part
    if not outcome.seen:
        return part.act.text
    missing = part.doer or part.undergoer
    return missing.text if missing else part.act.text


def _written(view: EventView, number: int, place: WordRange) -> str:
    """The words of the report as they are written."""
    text = words(view.event)
    spans = view.char_spans([view.sentences().span(number, place)])
    return " ".join(" ".join(text[start:end] for start, end in spans).split())
