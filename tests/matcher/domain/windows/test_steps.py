"""The evidence of an ordered rule: its steps, and nothing before the first of them."""

from dataclasses import replace

from schemas.rule import Condition, CorrelationType
from tests.matcher.builders import TEMPORAL, fired, hit, of
from tests.matcher.course import WindowCourse

FIRST, SECOND = TEMPORAL.bases
ORDERED = replace(TEMPORAL, type=CorrelationType.TEMPORAL_ORDERED)
OVER_RULES = replace(ORDERED, counts_alerts=True)


def evidence(course: WindowCourse) -> list[str]:
    return [piece.event_id for piece in course.last.evidence]


def test_no_evidence_is_older_than_the_first_step() -> None:
    before = of(SECOND, hit(0, "before"))
    steps = of(FIRST, hit(1, "step 1")), of(SECOND, hit(2, "step 2"))

    course = WindowCourse(ORDERED).take(before, *steps)

    assert evidence(course) == ["step 2", "step 1"]
    assert course.last.evidence_count == 2


def test_the_first_step_of_each_window_that_fired_counts() -> None:
    steps = [(FIRST, 0), (SECOND, 0), (SECOND, 2), (FIRST, 5), (SECOND, 6), (SECOND, 3.9)]

    course = WindowCourse(ORDERED).take(*(of(base, hit(at, f"{at}{base}")) for base, at in steps))

    assert evidence(course) == [f"{at}{base}" for base, at in sorted(steps, key=_newest_first)]


def _newest_first(step: tuple[str, float]) -> tuple[float, bool]:
    return -step[1], step[0] == FIRST


def test_an_alert_that_goes_on_before_the_first_step_is_evidence_only_if_it_reaches_it() -> None:
    ended, going_on = fired(SECOND, 0, 0.9, name="ended"), fired(SECOND, 0, 1, name="going on")
    step = of(FIRST, hit(1, "step 1"))

    course = WindowCourse(OVER_RULES).take(ended, going_on, step)

    assert evidence(course) == ["step 1", "going on"]


def test_without_a_first_step_all_of_a_window_is_evidence() -> None:
    lenient = replace(ORDERED, condition=Condition(lte=1))

    course = WindowCourse(lenient).take(of(SECOND, hit(0, "alone")))

    assert evidence(course) == ["alone"]


def test_evidence_names_every_base_rule_that_its_report_met() -> None:
    both = of(FIRST, hit(1, "both")), of(SECOND, hit(1, "both"))

    (piece,) = WindowCourse(ORDERED).take(*both).last.evidence

    assert piece.roles == (FIRST, SECOND)
