"""Why a rule with `says` matches, and how near a miss is."""

from services.matcher.domain.rules.excerpt import make_evidence
from services.matcher.domain.rules.explain_says import PartExplanation, explain_says
from services.matcher.domain.rules.matching import match_event
from services.matcher.domain.rules.rulebook import Rulebook
from tests.matcher.rules import LEBANESE, PROXIES, compiled, detecting, report, word_list

WORDS = (
    word_list("attack", en=["attack/v"], ar=["استهدف|ستهدف|استهداف/v"]),
    word_list("vessel", en=["vessel/n", "ship/n"], ar=["سفينة|سفن/n"]),
    word_list("civil", en=["university"]),
    word_list("denied", en=["deny/v", "not"]),
    word_list("other_actor", en=["minister"]),
)
PARTS = ["%proxies% > %attack%", "%vessel%", "!%civil%"]


def book() -> Rulebook:
    rulebook, faults = compiled(
        detecting(selection={"words|says": PARTS}), words=WORDS, lists=(PROXIES, LEBANESE)
    )
    assert not faults, [str(fault) for fault in faults]
    return rulebook


def parts_of(text: str) -> list[PartExplanation]:
    (explanation,) = explain_says(book(), report(text))
    return list(explanation.parts)


def test_each_part_shows_the_words_that_meet_it() -> None:
    text = "Nothing. Kata'ib Hezbollah attacked a ship."
    (explanation,) = explain_says(book(), report(text))
    assert explanation.holds
    assert explanation.sentence == "Kata'ib Hezbollah attacked a ship."
    assert [part.met for part in explanation.parts] == [
        ("Kata'ib Hezbollah", "attacked"),
        ("ship",),
        (),
    ]


def test_a_veto_is_named_with_its_words() -> None:
    act, *_ = parts_of("Badr did not attack the ship.")
    assert (act.holds, act.met, act.veto) == (False, ("attack",), "denied: not")


def test_who_did_it_instead_is_named() -> None:
    act, *_ = parts_of("Badr said the minister attacked the ship.")
    assert (act.holds, act.others, act.lacks) == (False, ("minister",), "%proxies%")


def test_a_near_miss_names_what_it_lacks() -> None:
    act, vessel, _ = parts_of("Badr attacked a house.")
    assert act.holds
    assert (vessel.holds, vessel.lacks) == (False, "%vessel%")


def test_what_must_be_absent_shows_its_words() -> None:
    *_, civil = parts_of("Badr attacked the ship of a university.")
    assert (civil.holds, civil.met) == (False, ("university",))


def test_a_report_without_anything_of_it_is_no_near_miss() -> None:
    assert explain_says(book(), report("Badr City is large. A university closed.")) == ()


def test_evidence_has_what_was_said_and_marks_its_words() -> None:
    event = report("استهدفت كتائب حزب الله سفينة في البحر الأحمر")
    (match,) = match_event(book(), event)
    evidence = make_evidence(match)
    assert evidence.said == "kh > attack, vessel"
    assert evidence.doers == ("kh",)
    assert evidence.excerpt is not None
    marked = [evidence.excerpt[span.start : span.end] for span in evidence.spans]
    assert marked == ["استهدفت", "كتائب حزب الله", "سفينة"]
