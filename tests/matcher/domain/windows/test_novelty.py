from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from schemas.alert import Status
from schemas.rule import CorrelationType
from tests.matcher.builders import HOUR, NEW, NOON, hit, retraction
from tests.matcher.course import WindowCourse

LONG_AGO = NOON - 1000 * HOUR


def test_a_value_that_no_hit_had_for_its_history_fires() -> None:
    course = WindowCourse(NEW, since=LONG_AGO).take(hit(0), hit(30))

    assert {alert.starts_at for alert in course.not_withdrawn} == {NOON, NOON + 30 * HOUR}


def test_a_new_value_and_a_new_pair_of_opponents_are_named_in_the_explanation() -> None:
    reversal = replace(NEW, type=CorrelationType.REVERSAL)
    first = hit(0).model_copy(update={"group": {"names": "badr"}})

    explained = [
        WindowCourse(rule, since=LONG_AGO).take(first).last.explain for rule in (NEW, reversal)
    ]

    assert explained == [
        "The first hit with names badr in 1 day, at 2020-01-14 12:00 UTC.",
        "The first hit in 1 day that joins the opponents badr, at 2020-01-14 12:00 UTC.",
    ]


def test_a_value_seen_within_its_history_does_not_fire_again() -> None:
    course = WindowCourse(NEW, since=LONG_AGO).take(hit(0), hit(10), hit(20), hit(43.9))

    assert {alert.starts_at for alert in course.not_withdrawn} == {NOON}


def test_a_hit_exactly_a_history_earlier_makes_it_new_again() -> None:
    course = WindowCourse(NEW, since=LONG_AGO).take(hit(0), hit(24))

    assert len(course.not_withdrawn) == 2


def test_nothing_is_new_before_the_rule_has_warmed_up() -> None:
    course = WindowCourse(NEW, since=NOON).take(hit(11.9))
    assert course.alerts == []

    warm = WindowCourse(NEW, since=NOON).take(hit(12))

    assert len(warm.alerts) == 1


def test_nothing_is_new_while_it_is_not_known_since_when_the_rule_watches() -> None:
    course = WindowCourse(NEW).take(hit(0))

    assert course.alerts == []


def test_a_state_keeps_the_time_since_which_its_rule_watches() -> None:
    course = WindowCourse(NEW, since=LONG_AGO).take(hit(0))
    course.since = NOON + 20 * HOUR

    course.take(hit(30))

    assert {alert.starts_at for alert in course.not_withdrawn} == {NOON, NOON + 30 * HOUR}


def test_an_earlier_hit_that_turns_up_late_moves_the_alert() -> None:
    course = WindowCourse(NEW, since=LONG_AGO).take(hit(20))

    course.take(hit(10))

    (alert,) = course.not_withdrawn
    assert alert.starts_at == NOON + 10 * HOUR


def test_a_retracted_first_hit_leaves_the_second_as_the_new_one() -> None:
    course = WindowCourse(NEW, since=LONG_AGO).take(hit(0), hit(20))

    course.take(retraction(0))

    (alert,) = (alert for alert in course.not_withdrawn if alert.status is Status.FIRING)
    assert alert.starts_at == NOON + 20 * HOUR


Half = st.integers(0, 400).map(lambda number: number / 2)


@given(hours=st.lists(Half, min_size=1, max_size=12), since=st.integers(-50, 100), data=st.data())
def test_any_order_with_a_clock_that_forgets_ends_in_what_is_new_by_definition(
    hours: list[float], since: int, data: st.DataObject
) -> None:
    late = [data.draw(st.sampled_from([0.0, 0.0, 36.0, 72.0])) for _ in hours]
    stream = [
        hit(at, f"e{number}", late=timedelta(hours=delay))
        for number, (at, delay) in enumerate(zip(hours, late, strict=True))
    ]
    course = WindowCourse(NEW, since=NOON + since * HOUR)

    for signal in sorted(stream, key=lambda signal: signal.evidence.recorded_at or NOON):
        course.take(signal).tick(signal.evidence.recorded_at or NOON).restore()

    assert {alert.starts_at for alert in course.not_withdrawn} == new(set(hours), since)


def new(hours: set[float], since: int) -> set[datetime]:
    firing = sorted(
        at for at in hours if at >= since + 12 and not any(at - 24 < other < at for other in hours)
    )
    # firing times are at least a history apart, far more than resolve_after: each its own episode
    return {NOON + at * HOUR for at in firing}
