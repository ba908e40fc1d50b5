from dataclasses import replace

import pytest

from schemas.alert import LONGEST_FIELD
from schemas.rule import Condition
from schemas.signal import Signal
from services.matcher.domain.windows.condition import describe_bounds
from services.matcher.domain.windows.template import read_fields
from tests.matcher.builders import ALONE, RULE, TEMPORAL, VALUES, hit, of, suspected
from tests.matcher.course import WindowCourse


def with_fields(signal: Signal, **fields: str) -> Signal:
    return signal.model_copy(update={"fields": fields})


def test_a_summary_speaks_of_the_newest_report() -> None:
    rule = replace(RULE, summary="{{ value }} at {{ place }}")

    course = WindowCourse(rule).take(hit(0), hit(1), with_fields(hit(2), place="Taji"))

    assert course.last.summary == "3 at Taji"


@pytest.mark.parametrize("letter", ["x", "ح", "鷲", "\N{RABBIT}"])
def test_a_summary_and_an_action_are_as_long_as_a_field(letter: str) -> None:
    long = letter * 999
    course = WindowCourse(replace(ALONE, summary=long, action=long))

    course.take(hit(0))

    for text in (course.last.summary, course.last.action or ""):
        assert LONGEST_FIELD // 3 <= len(text) <= LONGEST_FIELD
        assert len(text.encode()) <= 2 * LONGEST_FIELD


def test_a_summary_reads_quantities_by_their_dotted_names() -> None:
    rule = replace(ALONE, summary="{{ quantities.rockets }} rockets")

    course = WindowCourse(rule).take(
        hit(0).model_copy(update={"fields": {"quantities.rockets": 3.0}})
    )

    assert course.last.summary == "3 rockets"


@pytest.mark.parametrize("template", ["{{ actors | join(', ') }}", "{{ actors }}"])
@pytest.mark.parametrize(
    ("actors", "said"), [("Badr", "Badr"), (("Badr", "KH"), "Badr, KH")], ids=["one", "two"]
)
def test_a_summary_lists_one_actor_as_it_lists_several(
    template: str, actors: str | tuple[str, ...], said: str
) -> None:
    signal = hit(0).model_copy(update={"fields": {"actors": actors}})

    course = WindowCourse(replace(ALONE, summary=template)).take(signal)

    assert course.last.summary == said


def test_the_values_of_a_summary_have_commas_by_whatever_filter() -> None:
    rule = replace(VALUES, summary="{{ values }}; {{ values | upper }}")

    course = WindowCourse(rule).take(hit(0, values=("badr", "aah", "kh")))

    assert course.last.summary == "aah, badr, kh; AAH, BADR, KH"


def test_a_summary_says_the_names_of_list_members_not_their_ids() -> None:
    names = {"aah": "Asa'ib Ahl al-Haq", "badr": "Badr"}
    rule = replace(VALUES, summary="{{ values | join(', ') }}", names=names)

    course = WindowCourse(rule).take(hit(0, values=("badr", "aah", "unlisted")))

    assert course.last.summary == "Asa'ib Ahl al-Haq, Badr, unlisted"


def test_a_summary_says_the_name_of_the_member_it_is_grouped_by() -> None:
    rule = replace(ALONE, summary="{{ actor_ids }}", names={"badr": "Badr"})

    course = WindowCourse(rule).take(hit(0).model_copy(update={"group": {"actor_ids": "badr"}}))

    assert course.last.summary == "Badr"
    assert course.last.group == {"actor_ids": "badr"}


def test_a_summary_that_cannot_be_rendered_costs_no_alert() -> None:
    rule = replace(ALONE, summary="{{ 1 / 0 }}")

    course = WindowCourse(rule).take(hit(0))

    assert course.last.summary == "(the rule's text cannot be rendered: division by zero)"


def test_a_template_reaches_nothing_outside_its_values() -> None:
    rule = replace(ALONE, summary="{{ title.__class__.__mro__ }}")

    course = WindowCourse(rule).take(hit(0))

    assert "class" not in course.last.summary


@pytest.mark.parametrize("huge", ["10 ** 10 ** 8", "'x' * 10000000000", "[0] * 10000000000"])
def test_a_template_makes_nothing_huge_of_something_small(huge: str) -> None:
    course = WindowCourse(replace(ALONE, summary="{{ " + huge + " }}")).take(hit(0))

    assert course.last.summary.startswith("(the rule's text cannot be rendered: *")


@pytest.mark.parametrize(
    ("text", "reason"),
    [("{{ 2 ** 2 }}", "** is not allowed"), ("{{ 'x' * 2 }}", "* is for numbers")],
)
def test_an_operator_that_is_refused_is_named(text: str, reason: str) -> None:
    course = WindowCourse(replace(ALONE, summary=text)).take(hit(0))

    assert course.last.summary == f"(the rule's text cannot be rendered: {reason})"


def test_a_template_may_multiply_numbers() -> None:
    course = WindowCourse(replace(ALONE, summary="{{ 2.5 * evidence_count }}")).take(hit(0))

    assert course.last.summary == "2.5"


def test_an_alert_shows_the_newest_twenty_of_its_evidence_and_counts_all() -> None:
    course = WindowCourse(RULE).take(*(hit(number / 10) for number in range(25)))

    assert course.last.evidence_count == 25
    assert len(course.last.evidence) == 20
    assert course.last.evidence[0].event_id == "2.4"


def test_a_temporal_alert_names_the_rules_that_hit() -> None:
    course = WindowCourse(TEMPORAL).take(of("threat", hit(0)), of("mobilisation", hit(1)))

    assert course.last.explain.startswith("2 of 2 rules (mobilisation, threat) hit in the 4 hours")


def test_a_template_says_which_event_fields_it_reads() -> None:
    assert read_fields("{{ value }} in {{ place }} by {{ actors | join(', ') }}") == {
        "place",
        "actors",
    }


def test_bounds_are_said_as_people_say_them() -> None:
    assert describe_bounds(Condition(gte=3, lt=10)) == "at least 3 and fewer than 10"


def test_an_alert_says_what_the_newest_report_said() -> None:
    evidence = hit(1).evidence.model_copy(update={"said": "houthis > attack, vessel"})

    course = WindowCourse(ALONE).take(hit(0), hit(1).model_copy(update={"evidence": evidence}))

    assert course.last.explain.endswith(" said: houthis > attack, vessel")
    assert "said:" not in WindowCourse(ALONE).take(hit(0)).last.explain


def test_why_something_is_suspected_is_explained() -> None:
    course = WindowCourse(ALONE).take(suspected(hit(0)))

    assert course.last.explain.endswith(
        "suspected: like march “They march.”, score 2.0 of 1.0 asked."
    )
