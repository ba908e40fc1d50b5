"""What a sentence asserts: not what it denies, supposes, or remembers."""

import pytest

from tests.matcher.domain.says.lists import LISTS
from tests.matcher.saying import is_said, outcomes, says

ATTACKS = "%groups% > %attack%"


@pytest.mark.parametrize(
    "text",
    [
        "KH did not attack the ship.",
        "KH denied that it attacked the ship.",
        "The claim that KH attacked the ship was false.",
        "If the US army stays, KH attacks.",
        "KH may have attacked the ship.",
        "In 2007 KH attacked the ship.",
        "KH attacked the ship years ago.",
        "On the anniversary of the day KH attacked the ship, thousands marched.",
        "KH left without a word or attacking the ship.",
        "In Baghdad an officer denied, when asked, that KH attacked the ship.",
        "لم تهاجم كتائب حزب الله ولا قصفت السفينة.",
        "قد تستهدف كتائب حزب الله السفينة.",
        "ربما تستهدف كتائب حزب الله السفينة.",
        "قد تعيد كتائب حزب الله استهداف السفينة.",
        "استهدفت كتائب حزب الله السفينة قبل سنوات.",
    ],
)
def test_a_cue_vetoes_the_act(text: str) -> None:
    assert not says(LISTS, text, ATTACKS)


@pytest.mark.parametrize(
    "text",
    [
        "KH attacked the ship.",
        "KH did not leave, but attacked the ship.",
        "The minister did not comment although KH attacked the ship.",
        "AAH did not come and KH attacked the ship.",
        "KH not only attacked the ship.",
        "KH attacked the ship. No one was hurt.",
        "وقد تمت أمس وفق كتائب حزب الله، وقصفت العصائب السفينة.",
        "نفت العصائب ذلك لكن كتائب حزب الله استهدفت السفينة.",
        "KH came without a word and attacked the ship.",
        "An officer said, not giving a name, that KH attacked the ship.",
        "قال ضابط، طالبا عدم نشر اسمه، إن كتائب حزب الله استهدفت السفينة.",
    ],
)
def test_a_cue_of_another_clause_vetoes_nothing(text: str) -> None:
    assert says(LISTS, text, ATTACKS)


@pytest.mark.parametrize(
    "text",
    [
        "KH, which did not comment, attacked the ship.",
        "KH, of whom no one had heard, attacked the ship.",
        "KH (which was founded in 2007) attacked the ship.",
        "كتائب حزب الله، التي لم تعلق بعد، استهدفت السفينة.",
    ],
)
def test_a_cue_in_a_relative_clause_does_not_reach_out_of_it(text: str) -> None:
    assert says(LISTS, text, ATTACKS)


@pytest.mark.parametrize(
    "text",
    [
        "The minister did not mention KH, which attacked the ship.",
        "The army might leave the ship, which KH attacked.",
        "KH attacked the ship, which was built in 2007.",
        "لم يعلق الوزير على بيان كتائب حزب الله، التي استهدفت السفينة.",
    ],
)
def test_a_cue_does_not_reach_into_a_relative_clause_or_back_from_it(text: str) -> None:
    assert says(LISTS, text, ATTACKS)


@pytest.mark.parametrize(
    "text",
    [
        "In 2007 the minister met KH, which attacked the ship.",
        "The army, which denied that Badr, AAH or KH attacked the ship, left.",
        "KH attacked the ship, which was false.",
    ],
)
def test_a_cue_that_is_about_a_relative_clause_reaches_it(text: str) -> None:
    assert not says(LISTS, text, ATTACKS)


@pytest.mark.parametrize(
    "text",
    ["Badr did not comment; KH attacked the ship.", "لم تعلق بدر؛ استهدفت كتائب حزب الله السفينة."],
)
def test_a_cue_does_not_reach_over_a_semicolon(text: str) -> None:
    assert says(LISTS, text, ATTACKS)


def test_what_is_denied_behind_a_semicolon_is_denied() -> None:
    assert not says(LISTS, "KH attacked the ship; the report was false.", ATTACKS)


def test_officials_who_deny_what_two_groups_did_deny_it_of_both() -> None:
    assert not says(LISTS, "The army denied that Badr and KH attacked the ship.", ATTACKS)


def test_without_assertion_a_denied_act_counts() -> None:
    statement = LISTS.parse(ATTACKS, asserted=False)
    (scene,) = LISTS.scenes("KH did not attack the ship.")
    assert is_said(statement, scene)


def test_words_that_the_rule_looks_for_are_no_cue() -> None:
    assert says(LISTS, "KH told its men not to attack.", "%groups% > %order%", "%restraint%")


def test_a_cue_around_a_name_that_the_rule_looks_for_is_a_cue() -> None:
    assert not says(LISTS, "اعتذرت بدر عن استهداف السفينة.", "%groups%", "%attack%")


def test_a_wide_gap_of_the_rule_hides_no_cue() -> None:
    parts = ("deadline ~20 stays", "%vessel%")
    denied = "The deadline of which many people in town speak did not concern the ship that stays."
    asserted = denied.replace("did not concern", "concerned")

    assert not says(LISTS, denied, *parts)
    assert says(LISTS, asserted, *parts)


def test_a_supposition_in_a_gap_of_a_phrase_vetoes_it() -> None:
    assert not says(LISTS, "The tanker might be hit.", "%vessel% ~6 %attack%")
    assert says(LISTS, "The tanker was hit.", "%vessel% ~6 %attack%")
    assert says(LISTS, "The tanker was hit and no one came.", "%vessel% ~6 %attack%")


def test_a_denial_in_a_gap_of_a_phrase_vetoes_it() -> None:
    assert not says(LISTS, "The tanker was not hit.", "%vessel% ~6 %attack%")
    assert not says(LISTS, "KH named no new leader.", "%groups% > %appoint% ~3 %chief%")
    assert says(LISTS, "KH named its new leader.", "%groups% > %appoint% ~3 %chief%")


@pytest.mark.parametrize(
    "text",
    [
        "The tanker, which had not left, was hit.",
        "The tanker, not the army, was hit.",
        "The tanker did not leave; it was hit.",
        "The tanker was not only hit.",
    ],
)
def test_a_cue_of_another_clause_in_a_gap_vetoes_nothing(text: str) -> None:
    assert says(LISTS, text, "%vessel% ~6 %attack%")


def test_words_in_a_gap_are_none_that_the_rule_looks_for() -> None:
    phrase = "%order% ~6 %restraint%"
    assert says(LISTS, "KH told its men not to attack.", phrase)
    assert not says(LISTS, "KH told men that no one knows to show restraint.", phrase)


def test_a_denial_of_others_between_commas_reaches_no_further() -> None:
    assert says(LISTS, "KH, and not Badr, attacked the ship.", ATTACKS)


def test_what_arabic_resumes_is_not_denied_by_what_leads_to_it() -> None:
    assert says(LISTS, "لم تعلق بدر، فقد استهدفت كتائب حزب الله السفينة.", ATTACKS)


def test_a_supposition_that_another_part_asks_for_is_none() -> None:
    assert says(LISTS, "The tanker might be hit.", "%vessel% ~6 %attack%", "might")


def test_words_beside_an_act_are_vetoed_by_a_denial_right_before_them_alone() -> None:
    parts = ("%groups% > %warn%", "%deadline%")
    assert says(LISTS, "KH warned of a deadline.", *parts)
    assert not says(LISTS, "KH warned but set no deadline.", *parts)
    assert says(LISTS, "KH warned it might set a deadline.", *parts)


def test_without_an_act_every_cue_reaches_the_words() -> None:
    assert says(LISTS, "A deadline of the ship.", "%deadline%", "%vessel%")
    assert not says(LISTS, "They might set a deadline for the ship.", "%deadline%", "%vessel%")


def test_what_must_be_absent_is_absent_from_the_sentence_alone() -> None:
    parts = ("%groups% > %appoint%", "!%civil%")
    assert says(LISTS, "KH named a chief. A university closed.", *parts)
    assert not says(LISTS, "KH named the chief of a university.", *parts)
    assert not says(LISTS, "KH named a chief, and Badr attacked.", parts[0], "!%groups% > %attack%")


def test_a_veto_names_the_cue() -> None:
    (outcome,) = outcomes(LISTS, "KH did not attack the ship.", ATTACKS)
    assert outcome.veto is not None
    assert outcome.veto.name == "denied"
    assert not outcome.holds


@pytest.mark.parametrize(
    "text",
    [
        "Has KH attacked the ship?",
        'Al-Mirbad asked: "KH attacked the ship?"',
        "KH attacked the ship?!",
        "من قال إن كتائب حزب الله استهدفت السفينة؟",
        "استهدفت كتائب حزب الله السفينة ?",
    ],
)
def test_a_question_says_nothing(text: str) -> None:
    assert not says(LISTS, text, ATTACKS)


def test_a_question_says_nothing_without_assertion_either() -> None:
    (scene,) = LISTS.scenes("Will KH attack the ship?")
    assert not is_said(LISTS.parse(ATTACKS, asserted=False), scene)


def test_what_stands_beside_a_question_is_said() -> None:
    assert says(LISTS, "What next? KH attacked the ship.", ATTACKS)
