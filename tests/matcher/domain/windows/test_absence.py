from dataclasses import replace
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from schemas.alert import Status
from schemas.signal import Signal
from services.matcher.domain.alerts.deadline import deadline
from tests.matcher.builders import AWAITED, HOUR, NOON, hit, of
from tests.matcher.course import WindowCourse

REPEATED = replace(AWAITED, bases=("threat",))


def threat(hours: float) -> Signal:
    return of("threat", hit(hours, f"threat at {hours}"))


def denial(hours: float) -> Signal:
    return of("denial", hit(hours, f"denial at {hours}"))


def test_an_answer_that_does_not_come_fires_when_it_is_overdue() -> None:
    course = WindowCourse(AWAITED).take(threat(0))
    assert deadline(AWAITED, course.state) == NOON + 4 * HOUR

    early = list(course.tick(NOON + 3.9 * HOUR).alerts)
    alert = course.tick(NOON + 4 * HOUR).last

    assert early == []
    assert alert.status is Status.FIRING
    assert alert.starts_at == NOON + 4 * HOUR
    assert alert.evidence[0].event_id == "threat at 0"
    assert alert.explain == (
        "No hit of denial came within 4 hours after threat at 2020-01-14 12:00 UTC."
    )


def test_an_answer_at_either_edge_counts() -> None:
    at_once = WindowCourse(AWAITED).take(threat(0), denial(0)).tick(NOON + 9 * HOUR)
    at_last = WindowCourse(AWAITED).take(threat(0), denial(4)).tick(NOON + 9 * HOUR)

    assert at_once.alerts == at_last.alerts == []


def test_an_answer_a_moment_too_late_does_not_count() -> None:
    course = WindowCourse(AWAITED).take(threat(0), denial(4.001)).tick(NOON + 9 * HOUR)

    assert len(course.alerts) == 1


def test_an_answer_that_turns_up_late_withdraws_the_alert() -> None:
    course = WindowCourse(AWAITED).take(threat(0)).tick(NOON + 5 * HOUR)

    course.take(denial(3))

    assert course.last.status is Status.WITHDRAWN


def test_the_evidence_of_an_absence_is_the_hit_without_an_answer() -> None:
    course = WindowCourse(AWAITED).take(threat(0), denial(1), threat(5)).tick(NOON + 9 * HOUR)

    assert [item.event_id for item in course.last.evidence] == ["threat at 5"]


def test_an_absence_that_is_announced_is_not_due_again() -> None:
    course = WindowCourse(AWAITED).take(threat(0)).tick(NOON + 4 * HOUR)

    assert deadline(AWAITED, course.state) == NOON + 8 * HOUR


def test_an_absence_is_announced_firing_and_resolves_at_a_later_tick() -> None:
    course = WindowCourse(AWAITED).take(threat(0)).tick(NOON + 50 * HOUR)
    first = course.last

    course.tick(NOON + 51 * HOUR)

    assert first.status is Status.FIRING
    assert course.last.status is Status.RESOLVED


def test_without_a_clock_nothing_is_overdue() -> None:
    course = WindowCourse(AWAITED).take(threat(0), threat(99))

    assert course.alerts == []


def test_a_hit_that_is_not_repeated_is_missed() -> None:
    course = WindowCourse(REPEATED).take(threat(0), threat(3)).tick(NOON + 6 * HOUR)
    assert course.alerts == []

    course.tick(NOON + 7 * HOUR)

    assert course.last.starts_at == NOON + 7 * HOUR
    assert course.last.explain.startswith("No further hit came within 4 hours after threat")


Half = st.integers(0, 60).map(lambda number: number / 2)


@given(
    asked=st.sets(Half, max_size=6),
    answered=st.sets(Half, max_size=6),
    data=st.data(),
)
def test_any_order_ends_in_what_is_overdue_by_definition(
    asked: set[float], answered: set[float], data: st.DataObject
) -> None:
    rule = replace(AWAITED, resolve_after=HOUR / 4)
    stream = [threat(hours) for hours in asked] + [denial(hours) for hours in answered]
    course = WindowCourse(rule)

    for signal in data.draw(st.permutations(stream)):
        course.take(signal).restore()
        if data.draw(st.booleans()):
            course.tick(max(course.clock or NOON, signal.occurred_at))
    course.tick(NOON + 40 * HOUR)

    assert {alert.starts_at for alert in course.not_withdrawn} == overdue(asked, answered)


def overdue(asked: set[float], answered: set[float]) -> set[datetime]:
    return {
        NOON + (hours + 4) * HOUR
        for hours in asked
        if not any(hours <= answer <= hours + 4 for answer in answered)
    }
