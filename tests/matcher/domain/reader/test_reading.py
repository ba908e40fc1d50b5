"""Reading: gate, passages, heads, veto, and the rule's own condition."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from services.matcher.domain.reader.ports import MeaningQuestion
from services.matcher.domain.reader.reading import Reading
from services.matcher.domain.rules.rulebook import Rulebook
from tests.matcher.reading import reader_of, texts_read
from tests.matcher.rules import PROXIES, detecting, report, rulebook, word_list

SHELL = word_list("shell", en=["shell/v"])
DENIED = word_list("denied", en=["not", "deny/v"])
OTHER = word_list("other_actor", en=["army"])


@dataclass
class FakeJudge:
    """Answers all questions alike."""

    answer: bool | None
    asked: list[MeaningQuestion] = field(default_factory=list)

    def judge(self, question: MeaningQuestion) -> bool | None:
        self.asked.append(question)
        return self.answer


def _fire(condition: str = "said or (like and base)", **selections: Any) -> Rulebook:
    given: dict[str, Any] = {
        "said": {"words|says": "%proxies% > %shell%"},
        "like": {"words|means": "fire"},
        "base": {"words|phrase": ["base", "camp"]},
    }
    rule = detecting("fire", condition, **(given | selections))
    return rulebook(rule, lists=(PROXIES,), words=(SHELL, DENIED, OTHER))


def _suspected(readings: tuple[Reading, ...]) -> list[str]:
    return [reading.rule.name for reading in readings if reading.suspected]


def test_a_report_is_suspected_of_what_its_words_do_not_say() -> None:
    (reading,) = reader_of(_fire()).read(report("Somebody pounded the base."))
    assert reading.suspected
    assert reading.score > 0
    assert reading.margin >= 0


def test_what_words_find_is_not_suspected_too() -> None:
    reader = reader_of(_fire())
    assert reader.read(report("Badr shelled the base.")) == ()
    assert texts_read(reader) == []


def test_a_report_outside_the_gate_is_not_read() -> None:
    reader = reader_of(_fire())
    assert reader.read(report("Somebody pounded the village.")) == ()
    assert texts_read(reader) == []


def test_a_retraction_is_not_read() -> None:
    reader = reader_of(_fire())
    assert reader.read(report("Somebody pounded the base.", retracts="2")) == ()


def test_a_report_far_from_the_examples_is_no_suspicion() -> None:
    (reading,) = reader_of(_fire()).read(report("The talks at the base were about the budget."))
    assert not reading.suspected
    assert reading.margin < 0


@pytest.mark.parametrize(
    ("text", "veto"),
    [
        ("Badr did not shell the base, it was pounded by somebody.", "denied: not"),
        ("The army shelled and pounded and struck the base.", "done by army"),
    ],
)
def test_words_veto_what_they_deny_or_say_of_somebody_else(text: str, veto: str) -> None:
    (reading,) = reader_of(_fire()).read(report(text))
    assert (reading.veto, reading.suspected) == (veto, False)


def test_who_could_have_done_it_is_no_other_doer() -> None:
    text = "The army shelled and pounded and struck the base of Badr."
    (reading,) = reader_of(_fire()).read(report(text))
    assert (reading.veto, reading.suspected) == ("", True)


def test_any_drops_the_veto() -> None:
    anything = _fire(like={"words|means|any": "fire"})
    (reading,) = reader_of(anything).read(
        report("Badr did not shell the base, it was pounded by somebody.")
    )
    assert (reading.veto, reading.suspected) == ("", True)


def test_the_rest_of_the_condition_decides_too() -> None:
    guarded = _fire("said or (like and base and not drill)", drill={"words|phrase": "drill"})
    reader = reader_of(guarded)
    assert _suspected(reader.read(report("They pounded the base in a drill."))) == []
    assert _suspected(reader.read(report("They pounded the base."))) == ["fire"]


def test_a_meaning_of_titles_is_not_found_in_texts() -> None:
    titles = _fire(like={"title|means": "fire"})
    filler = "The base has a school and a shop and a field. " * 8
    reader = reader_of(titles)
    assert _suspected(reader.read(report(filler + "They pounded it.", title="Of the base"))) == []
    assert _suspected(reader.read(report(filler, title="They pounded the base"))) == ["fire"]


def test_a_rule_without_a_head_reads_nothing_into_a_report() -> None:
    unknown = _fire(like={"words|means": "another"})
    assert reader_of(unknown).read(report("Somebody pounded the base.")) == ()


@pytest.mark.parametrize(
    ("answer", "text", "suspected"),
    [
        (True, "The base was quiet.", ["fire"]),
        (False, "Somebody pounded the base.", []),
        (None, "Somebody pounded the base.", ["fire"]),
        (None, "The base was quiet.", []),
    ],
)
def test_where_a_head_is_not_sure_the_judge_decides_if_it_answers(
    answer: bool | None, text: str, suspected: list[str]
) -> None:
    judge = FakeJudge(answer)
    reader = replace(reader_of(_fire()), judge=judge)
    assert _suspected(reader.read(report(text))) == suspected
    assert [question.text for question in judge.asked] == [text]


@pytest.mark.parametrize(
    "text",
    [
        "They shelled, pounded, struck and bombarded the base.",
        "The talks on the budget, the election and football at the base.",
        "Badr denied that it shelled the base.",
        "Somebody pounded the village.",
    ],
)
def test_the_judge_is_not_asked_what_is_sure_vetoed_or_outside_the_gate(text: str) -> None:
    judge = FakeJudge(True)
    reader = replace(reader_of(_fire()), judge=judge)
    reader.read(report(text))
    assert judge.asked == []
