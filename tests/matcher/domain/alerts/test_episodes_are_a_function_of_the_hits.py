"""Any order, any repeats, any restart: the same episodes, and those that brute force finds."""

from hypothesis import given
from hypothesis import strategies as st

from schemas.signal import Signal
from services.matcher.domain.windows.window_rule import WindowRule
from tests.matcher.any_stream import brute_force, cases, recorded_at
from tests.matcher.course import WindowCourse


@given(case=cases(), data=st.data())
def test_any_order_of_arrival_ends_in_the_episodes_of_brute_force(
    case: tuple[WindowRule, list[Signal]], data: st.DataObject
) -> None:
    rule, stream = case
    arrivals = data.draw(st.permutations(stream))

    course = WindowCourse(rule).take(*arrivals)

    assert course.summaries() == brute_force(rule, stream)


@given(case=cases(), data=st.data())
def test_repeats_and_restarts_change_nothing(
    case: tuple[WindowRule, list[Signal]], data: st.DataObject
) -> None:
    rule, stream = case
    repeats = data.draw(st.lists(st.sampled_from(stream)))
    course = WindowCourse(rule)

    for signal in [*stream, *repeats]:
        course.take(signal).restore()

    assert course.summaries() == brute_force(rule, stream)


@given(case=cases(), restarts=st.booleans())
def test_a_clock_that_forgets_changes_no_episode(
    case: tuple[WindowRule, list[Signal]], restarts: bool
) -> None:
    rule, stream = case
    course = WindowCourse(rule)

    for signal in sorted(stream, key=recorded_at):
        course.take(signal).tick(recorded_at(signal))
        if restarts:
            course.restore()

    assert course.summaries() == brute_force(rule, stream)


@given(case=cases())
def test_every_alert_is_announced_firing_first_and_its_revisions_count_up(
    case: tuple[WindowRule, list[Signal]],
) -> None:
    rule, stream = case
    course = WindowCourse(rule)

    for signal in sorted(stream, key=recorded_at):
        course.take(signal).tick(recorded_at(signal))

    for alert in course.final:
        revisions = [revision for revision in course.alerts if revision.id == alert.id]
        assert revisions[0].status == "firing"
        assert [revision.revision for revision in revisions] == list(range(1, len(revisions) + 1))
