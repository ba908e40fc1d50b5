"""The veto: what words say against a suspicion, in the sentences that raise it."""

from collections.abc import Iterable, Iterator

from services.matcher.domain.detection.predicates import field_tests
from services.matcher.domain.detection.says_tests import SaysTest
from services.matcher.domain.detection.view import EventView
from services.matcher.domain.rules.rulebook import CompiledRule
from services.matcher.domain.says.outcomes import PartOutcome
from services.matcher.domain.says.sentence import Sentence
from services.matcher.domain.text.report_words import WordRange


def find_veto(rule: CompiledRule, view: EventView, sentences: Iterable[int]) -> str:
    """Why the sentences do not say what the rule's own `says` ask: `denied: did not`; or empty.

    A cue of denial, supposition or the past reaches an act of the rule, or somebody does it in a
    sentence that names nobody of those whom the rule asks for.
    """
    numbers = tuple(sentences)
    tests = (test for test in field_tests(rule.predicate) if isinstance(test, SaysTest))
    return next((reason for test in tests for reason in _list_reasons(test, view, numbers)), "")


def _list_reasons(test: SaysTest, view: EventView, numbers: tuple[int, ...]) -> Iterator[str]:
    for number in numbers:
        sentence = view.sentences().scene(number).sentence
        for outcome in test.read(view, number):
            if not outcome.holds:
                yield from _explain(outcome, sentence)


def _explain(outcome: PartOutcome, sentence: Sentence) -> Iterator[str]:
    if outcome.veto is not None:
        yield f"{outcome.veto.name}: {_words(sentence, outcome.veto.words)}"
    elif outcome.others and not _names_a_doer(outcome, sentence):
        yield f"done by {_words(sentence, outcome.others[0].words)}"


def _names_a_doer(outcome: PartOutcome, sentence: Sentence) -> bool:
    """Whether one who could do it is named: grammar may have missed that he does."""
    group = outcome.part.doer
    return group is not None and any(named.member in group.counted for named in sentence.members)


def _words(sentence: Sentence, place: WordRange) -> str:
    return " ".join(sentence.words[place.start : place.end])
