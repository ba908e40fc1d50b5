"""Examples: what each text says of which meaning."""

from schemas.rule import DetectionRule
from services.matcher.domain.backtest.score import Label, LabelledReport
from services.matcher.domain.detection.means_tests import Meaning
from services.matcher.domain.reader.examples import (
    Example,
    from_labelled,
    from_meaning,
    list_own_examples,
)
from tests.matcher.rules import detecting, pack_of, report


def test_a_labelled_report_is_an_example_of_every_label_or_none() -> None:
    label = Label(frozenset({"fire"}), frozenset({"claim"}))
    example = from_labelled(LabelledReport(1, report("Fire.", title="Title"), label))
    assert example.text == "Title\nFire."
    assert [example.says(name) for name in ("fire", "claim", "talks")] == [True, None, False]


def test_a_rules_own_cases_and_examples_say_nothing_of_other_rules() -> None:
    rule = detecting("fire", selection={"words|phrase": "fire"})
    cases = [
        {"name": "fires", "events": [{"at": "0h", "text": "Fire."}], "expect": [{"fires": "fire"}]},
        {"name": "silent", "events": [{"at": "0h", "text": "No fire."}], "expect": "silent"},
        {
            "name": "two",
            "events": [{"at": "0h", "text": "a"}, {"at": "1h", "text": "b"}],
            "expect": "silent",
        },
        {
            "name": "malformed",
            "events": [{"at": "0h", "text": "c", "lat": "x"}],
            "expect": "silent",
        },
    ]
    written = rule.model_dump(by_alias=True) | {
        "tests": cases,
        "examples": {"like": ["Shells fell."], "unlike": ["Shells were found."]},
    }
    own = list(list_own_examples(pack_of(DetectionRule.model_validate(written))))
    assert [(each.text, each.says("fire")) for each in own] == [
        ("Shells fell.", True),
        ("Shells were found.", False),
        ("Fire.", True),
        ("No fire.", False),
    ]
    assert {each.says("talks") for each in own} == {None}


def test_texts_beside_means_are_about_that_meaning_alone() -> None:
    meaning = Meaning(like=("one",), unlike=("two",))
    own = frozenset({meaning.key})
    assert list(from_meaning(meaning)) == [
        Example("one", own, about=own),
        Example("two", about=own),
    ]
