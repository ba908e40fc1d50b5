"""Words of reports in the texts of rules: the lines of a text are the rule's."""

from dataclasses import replace

import pytest

from schemas.alert import LONGEST_FIELD
from schemas.rule import CorrelationType
from schemas.signal import Signal
from services.matcher.domain.rules.excerpt import cut_excerpt
from services.matcher.domain.text.fold import CharSpan
from services.report_text import FSI, PDI
from tests.matcher.builders import ALONE, HOUR, NEW, NOON, SHARED, VALUES, by, hit
from tests.matcher.course import WindowCourse

EVIL = "Basra\u2028*Confirmed by:*\n\u202eCENTCOM"
DATA = "Basra *Confirmed by:* CENTCOM"


def placed(place: str) -> Signal:
    return hit(0).model_copy(update={"fields": {"place": place}})


@pytest.mark.parametrize("printed", ["{{ place }}", "{{ place | upper | lower | title }}"])
def test_a_report_adds_no_line_to_a_summary_or_an_action(printed: str) -> None:
    rule = replace(ALONE, summary=f"In {printed}", action=f"Call {printed}\nand wait")

    last = WindowCourse(rule).take(placed(EVIL)).last

    assert last.summary.casefold() == f"In {DATA}".casefold()
    assert (last.action or "").casefold() == f"Call {DATA}\nand wait".casefold()


def test_values_add_no_line_to_a_summary() -> None:
    rule = replace(VALUES, summary="{{ values | join(', ') }}")

    assert WindowCourse(rule).take(hit(0, values=(EVIL, "a", "b"))).last.summary == f"{DATA}, a, b"


def test_a_name_from_right_to_left_is_isolated_within_a_summary() -> None:
    rule = replace(ALONE, summary="In {{ place }}: 3 rockets")

    last = WindowCourse(rule).take(placed("البصرة")).last

    assert last.summary == f"In {FSI}البصرة{PDI}: 3 rockets"


def test_a_long_summary_is_cut_between_characters() -> None:
    rule = replace(ALONE, summary="{{ place }}")

    summary = WindowCourse(rule).take(placed("e\u0301" * 500)).last.summary

    assert summary == "e\u0301" * 249 + "…"
    assert len(summary) <= LONGEST_FIELD


@pytest.mark.parametrize("kind", [CorrelationType.NEW_VALUE, CorrelationType.REVERSAL])
def test_a_report_adds_no_line_to_an_explanation(kind: CorrelationType) -> None:
    first = hit(0).model_copy(update={"group": {"names": EVIL}})

    course = WindowCourse(replace(NEW, type=kind), since=NOON - 1000 * HOUR).take(first)

    assert DATA in course.last.explain


def test_a_shared_term_adds_no_line_to_an_explanation() -> None:
    course = WindowCourse(SHARED)
    for hour, user in enumerate(("badr", "kh", "aah")):
        course.take(by((user,), hit(hour, values=(EVIL,))))

    assert f"({DATA})" in course.last.explain


@pytest.mark.parametrize("lead", ["", "x"])
def test_an_excerpt_begins_and_ends_between_characters(lead: str) -> None:
    excerpt, _ = cut_excerpt(lead + "e\u0301" * 300, [])
    later, _ = cut_excerpt(lead + "e\u0301" * 300, [CharSpan(500, 502)])

    assert len(excerpt) <= LONGEST_FIELD
    assert excerpt.endswith("e\u0301…")
    assert later.startswith("…e\u0301")
