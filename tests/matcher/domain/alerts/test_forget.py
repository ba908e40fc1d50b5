"""Forgetting: what a state drops at a clock time."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from schemas.alert import Level, Status
from schemas.rule import Condition, Corroboration
from services.matcher.domain.alerts.forget import KEPT_FIRING, MOST_ALERTS, MOST_FIRING, forget
from services.matcher.domain.windows.announced_alerts import AnnouncedAlert, AnnouncedAlerts
from services.matcher.domain.windows.ordered import Ordered
from services.matcher.domain.windows.state import FiringRun, WindowState, make_hit, micros
from tests.matcher.builders import ALONE, HOUR, NOON, RULE, hit
from tests.matcher.course import WindowCourse

INSTANT = timedelta(microseconds=1)
END = NOON + RULE.retention
OLD, NEW = hit(0), hit(1)


def alert(name: str, last: datetime, status: Status = Status.RESOLVED) -> AnnouncedAlert:
    time = micros(last)
    return AnnouncedAlert(name, 1, status, time, time, Level.HIGH, 1, 1, time, time)


def forgotten(state: WindowState, clock: datetime) -> WindowState:
    return forget(RULE, state, micros(clock))


def test_a_hit_is_dropped_at_the_end_of_its_retention() -> None:
    state = WindowState(hits=Ordered.of([make_hit(OLD), make_hit(NEW)]))

    assert forgotten(state, END - INSTANT) == state
    assert forgotten(state, END).hits == (make_hit(NEW),)


@pytest.mark.parametrize("field", ["retractions", "dropped_live"])
def test_an_identity_is_dropped_at_the_end_of_its_retention(field: str) -> None:
    times = {"old": micros(NOON), "new": micros(NOON + HOUR)}
    state = WindowState(**{field: times})  # type: ignore[arg-type]

    assert forgotten(state, END - INSTANT) == state
    assert getattr(forgotten(state, END), field) == {"new": micros(NOON + HOUR)}


def test_an_old_hit_is_dropped_beside_newer_identities() -> None:
    state = WindowState(hits=Ordered.of([make_hit(OLD)]), retractions={"new": micros(NOON + HOUR)})

    assert forgotten(state, END).hits == ()


def test_an_alert_is_dropped_with_its_last_firing_time_beside_a_newer_one() -> None:
    old, new = alert("old", NOON), alert("new", NOON + HOUR)
    state = WindowState(announced=AnnouncedAlerts.of((old, new)))

    assert forgotten(state, END - INSTANT) == state
    assert forgotten(state, END).announced == (new,)


def test_a_firing_alert_is_kept_until_it_is_resolved() -> None:
    state = WindowState(announced=AnnouncedAlerts.of([alert("old", NOON, Status.FIRING)]))

    assert forgotten(state, END + HOUR) == state


@pytest.mark.parametrize("field", ["retractions", "dropped_live"])
def test_of_too_many_identities_the_oldest_are_dropped(field: str) -> None:
    rule = replace(RULE, max_hits=10)
    times = {f"e{number}": micros(NOON) + number for number in reversed(range(12))}

    kept = getattr(forget(rule, WindowState(**{field: times}), None), field)  # type: ignore[arg-type]

    assert set(kept) == {f"e{number}" for number in range(2, 12)}


def test_of_too_many_alerts_the_oldest_ended_ones_are_settled_with_their_hits() -> None:
    ended = [alert(f"a{hour}", NOON + hour * HOUR) for hour in range(MOST_ALERTS + 2)]
    firing = alert("firing", NOON, Status.FIRING)
    hits = Ordered.of([make_hit(OLD), make_hit(NEW), make_hit(hit(2))])

    state = WindowState(announced=AnnouncedAlerts.of((firing, *ended)), hits=hits)

    kept = forget(RULE, state, None)

    assert kept.announced == (firing, *ended[2:])
    assert kept.hits == hits[2:]


def test_of_too_many_firing_alerts_the_newest_are_kept() -> None:
    firing = [
        alert(f"a{hour}", NOON + hour * HOUR, Status.FIRING) for hour in range(MOST_FIRING + 1)
    ]

    kept = forget(RULE, WindowState(announced=AnnouncedAlerts.of(firing)), None).announced

    assert kept == tuple(firing[-KEPT_FIRING:])


def test_a_firing_alert_that_is_one_too_many_is_not_announced_again() -> None:
    rule = replace(RULE, resolve_after=INSTANT)
    times = [micros(NOON) + number for number in range(0, 2 * MOST_FIRING + 2, 2)]
    firing = [
        AnnouncedAlert(f"a{at}", 1, Status.FIRING, at, at, Level.HIGH, 1, 1, at, at) for at in times
    ]
    runs = tuple(FiringRun(at, (at,), 1) for at in times)
    state = WindowState(announced=AnnouncedAlerts.of(firing), runs=runs, settled_until=times[-1])

    kept = forget(rule, state, None)

    assert [run.start for run in kept.runs] == [alert.start for alert in kept.announced]


def test_an_episode_stays_corroborated_without_the_hits_that_did_it() -> None:
    rule = replace(ALONE, corroboration=Corroboration(sources=2, within=HOUR))
    course = WindowCourse(rule).take(hit(0), hit(0.5, owner="afp"))

    for hour in range(400):
        course.take(hit(hour)).tick(NOON + hour * HOUR)

    assert course.summaries() == {(NOON, "high", 401)}
    assert not course.last.uncorroborated


def test_a_firing_time_at_the_very_end_of_what_is_settled_is_settled() -> None:
    rule = replace(RULE, condition=Condition(gte=1))
    course = WindowCourse(rule).take(hit(0), hit(5)).tick(END + HOUR)
    assert course.state.settled_until == micros(NOON + 5 * HOUR)

    course.take(hit(200))

    assert [alert.status for alert in course.final][:2] == [Status.RESOLVED, Status.RESOLVED]


def test_a_key_that_is_full_keeps_as_many_hits_as_it_may() -> None:
    hits = tuple(make_hit(hit(hour)) for hour in range(4))

    assert (
        forget(replace(RULE, max_hits=3), WindowState(hits=Ordered.of(hits)), None).hits == hits[1:]
    )


def test_a_hit_at_the_very_end_of_what_is_settled_still_fires() -> None:
    rule = replace(RULE, condition=Condition(gte=1))
    course = WindowCourse(rule).take(hit(0), hit(9)).tick(END + HOUR)
    assert course.state.settled_until == micros(NOON + 5 * HOUR)

    course.take(hit(5))

    assert course.summaries() == {(NOON, "high", 1), (NOON + 5 * HOUR, "high", 2)}


@pytest.mark.parametrize(
    "state",
    [
        WindowState(hits=Ordered.of([make_hit(OLD)])),
        WindowState(retractions={"old": 0}),
        WindowState(runs=(FiringRun(0, (0,), 1),)),
        WindowState(announced=AnnouncedAlerts.of([alert("old", NOON)])),
        WindowState(dropped_live={"old": 0}),
    ],
    ids=["hits", "retractions", "runs", "alerts", "live hits dropped"],
)
def test_a_state_is_empty_only_without_all_that_is_forgotten(state: WindowState) -> None:
    assert not state.is_empty
    assert WindowState(offset=7, group={"place": "Taji"}).is_empty
