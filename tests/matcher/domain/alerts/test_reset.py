"""A changed rule starts over: silent while it is backfilling, then as if it had never differed."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from schemas.alert import Alert, Status
from schemas.bundle import OnChange
from schemas.rule import Condition
from schemas.signal import Signal
from services.matcher.domain.alerts.announce import MERGED
from services.matcher.domain.alerts.reset import reset_state
from services.matcher.domain.alerts.rule_generation import RuleGeneration
from services.matcher.domain.changes.release import CHANGED, make_history
from services.matcher.domain.windows.state import WindowState, micros
from services.matcher.domain.windows.window_rule import WindowRule
from tests.matcher.any_stream import brute_force, cases, recorded_at
from tests.matcher.builders import ALONE, AWAITED, HOUR, NOON, RULE, hit, of, retraction
from tests.matcher.course import WindowCourse

PAIR = replace(RULE, condition=Condition(gte=2))
THREE = [hit(0), hit(1), hit(2)]
OTHER = replace(RULE, summary="new words")


def revisions(alerts: Sequence[Alert]) -> list[tuple[Status, int]]:
    return [(alert.status, alert.revision) for alert in alerts]


def test_nothing_is_announced_before_the_backfill_is_complete() -> None:
    course = WindowCourse(RULE).take(*THREE).publish(PAIR)
    before = list(course.alerts)

    course.take_backfilled(*THREE).take(hit(3)).tick(NOON + 50 * HOUR)

    assert course.alerts == before


def test_an_announced_alert_keeps_its_id_where_the_changed_rule_fires_too() -> None:
    course = WindowCourse(RULE).take(*THREE).publish(PAIR).take_backfilled(*THREE).release()

    first, revised = course.alerts
    assert revised.id == first.id
    assert (revised.status, revised.revision) == (Status.FIRING, 2)
    assert revised.starts_at == NOON + HOUR


def test_an_alert_that_does_not_differ_is_not_sent_again() -> None:
    course = WindowCourse(RULE).take(*THREE).publish(RULE).take_backfilled(*THREE).release()

    assert revisions(course.alerts) == [(Status.FIRING, 1)]


def test_an_alert_that_the_changed_rule_would_not_have_raised_is_withdrawn() -> None:
    more = replace(RULE, condition=Condition(gte=4))
    course = WindowCourse(RULE).take(*THREE).publish(more).take_backfilled(*THREE).release()

    assert revisions(course.alerts)[1:] == [(Status.WITHDRAWN, 2)]
    assert course.last.reason == CHANGED


def test_what_a_new_rule_finds_in_the_past_is_backfill() -> None:
    course = WindowCourse(PAIR).publish(PAIR).take_backfilled(*THREE).release()

    assert course.last.backfill
    assert course.last.evidence_count == 3


def test_a_new_key_starts_over_only_at_its_first_message() -> None:
    course = WindowCourse(PAIR).publish(PAIR)
    course.offset = -1

    course.take_backfilled(*THREE).release()

    assert course.last.evidence_count == 3


def test_a_live_hit_that_fires_during_the_backfill_is_announced_live() -> None:
    course = WindowCourse(PAIR).publish(PAIR).take_backfilled(*THREE).take(hit(3)).release()

    assert not course.last.backfill


def test_a_live_report_that_completes_history_is_announced_live_whenever_it_was() -> None:
    course = WindowCourse(RULE).publish(RULE).take_backfilled(hit(1), hit(2)).take(hit(0)).release()

    assert course.last.evidence_count == 3
    assert not course.last.backfill


def test_an_alert_announced_live_is_no_backfill_after_a_change() -> None:
    course = WindowCourse(RULE).take(*THREE).publish(PAIR).take_backfilled(*THREE).release()

    assert not course.last.backfill


def test_a_hit_that_was_on_the_way_during_the_change_is_live_when_it_comes_from_the_past() -> None:
    for first, second in ((True, False), (False, True)):
        course = WindowCourse(ALONE).publish(ALONE)

        for is_stale in (first, second):
            _ = course.take_as_sent(hit(0)) if is_stale else course.take_backfilled(hit(0))
        course.release()

        assert revisions(course.alerts) == [(Status.FIRING, 1)]
        assert not course.last.backfill


def test_a_hit_of_the_older_version_is_not_counted_by_itself() -> None:
    course = WindowCourse(ALONE).publish(ALONE).take_as_sent(hit(0)).release()

    assert course.alerts == []


def test_a_state_with_only_a_stale_hit_is_forgotten() -> None:
    course = WindowCourse(ALONE).publish(ALONE).take_as_sent(hit(0)).release()

    course.tick(NOON + 10_000 * HOUR)

    assert course.state.is_empty


def test_an_event_withdrawn_before_the_change_stays_out() -> None:
    course = (
        WindowCourse(RULE)
        .take(*THREE, retraction(1))
        .publish(PAIR)
        .take_backfilled(hit(0), hit(1))
        .release()
    )

    assert course.not_withdrawn == []


def test_an_alert_from_before_the_backfill_stays_and_resolves_as_it_would_have() -> None:
    stricter = replace(RULE, condition=Condition(gte=4))
    for known in (True, False):
        course = WindowCourse(RULE).take(*THREE)
        course.clock = NOON + 79 * HOUR

        course.publish(stricter, known=known).take_backfilled(*THREE).release()
        course.tick(NOON + 79 * HOUR)

        assert revisions(course.alerts) == [(Status.FIRING, 1), (Status.RESOLVED, 2)]
        assert course.last.evidence_count == 3


def test_a_withdrawn_alert_stays_withdrawn_after_a_change() -> None:
    for known in (True, False):
        course = WindowCourse(RULE).take(*THREE, retraction(1))
        course.clock = NOON + 79 * HOUR

        course.publish(OTHER, known=known).take_backfilled(hit(0), hit(2)).release()

        assert revisions(course.alerts) == [(Status.FIRING, 1), (Status.WITHDRAWN, 2)]


def test_the_backfill_begins_a_retention_before_the_later_of_change_and_clock() -> None:
    later = NOON + 100 * HOUR
    expected = micros(later - RULE.retention + RULE.look_back)

    for changed_at, clock in ((NOON, later), (later, NOON), (later, None)):
        generation = RuleGeneration(OnChange.REBUILD, 1, changed_at)
        state = reset_state(RULE, RULE, WindowState.empty(), generation, clock)

        assert state.settled_until == expected


def test_an_alert_that_begins_where_the_settled_times_end_is_not_withdrawn() -> None:
    rule = replace(RULE, condition=Condition(gte=1))
    for known in (True, False):
        course = WindowCourse(rule).take(hit(5))
        course.clock = NOON + 5 * HOUR + rule.retention - rule.look_back

        course.publish(rule, known=known).take_backfilled(hit(5)).release()

        assert course.state.settled_until == micros(NOON + 5 * HOUR)
        assert revisions(course.alerts) == [(Status.FIRING, 1)]


def test_an_alert_counts_its_forgotten_hits_once_after_a_change() -> None:
    hits = [hit(hour) for hour in range(201)]
    for known in (True, False):
        course = _take_and_tick(WindowCourse(RULE), hits).take(hits[-1])
        assert len(course.state.hits) < len(hits)

        course.publish(OTHER, known=known).take_backfilled(*hits).release()

        assert course.summaries() == {(NOON + 2 * HOUR, "high", 201)}


def test_a_repeat_of_the_release_sends_its_alerts_again() -> None:
    course = WindowCourse(PAIR).publish(PAIR).take_backfilled(*THREE).release()
    course.offset -= 1

    course.release()

    assert course.alerts[-1] == course.alerts[-2]


def test_an_absence_is_evaluated_up_to_the_clock_at_the_release() -> None:
    threat = of("threat", hit(0))
    course = WindowCourse(AWAITED).publish(AWAITED).take_backfilled(threat)
    course.clock = NOON + 5 * HOUR

    course.release()

    assert course.last.starts_at == NOON + 4 * HOUR


def test_a_reset_rule_counts_from_nothing() -> None:
    course = WindowCourse(RULE).take(hit(0), hit(1)).publish(PAIR, OnChange.RESET).take(hit(2))
    assert course.alerts == []

    course.take(hit(2.5))

    assert course.last.evidence_count == 2


def test_for_rules_above_an_alert_is_backfill_if_its_hits_are() -> None:
    course = WindowCourse(RULE).take(*THREE).publish(PAIR).take_backfilled(*THREE).release()

    (alert,) = make_history(PAIR, course.state)

    assert alert.backfill
    assert alert.id == course.last.id


@given(case=cases(), data=st.data())
def test_a_rule_published_again_in_the_middle_ends_in_the_episodes_of_one_left_alone(
    case: tuple[WindowRule, list[Signal]], data: st.DataObject
) -> None:
    rule, stream = case
    ordered = sorted(stream, key=recorded_at)
    cut = data.draw(st.integers(0, len(ordered)))
    meanwhile = data.draw(st.integers(cut, len(ordered)))
    live = _take_and_tick(WindowCourse(rule), ordered[:cut])
    ids = {alert.starts_at: alert.id for alert in live.not_withdrawn}

    live.publish(rule)
    for signal in data.draw(_interleave(ordered[:cut], ordered[cut:meanwhile])):
        _ = live.take_backfilled(signal) if signal in ordered[:cut] else live.take(signal)
    live.release()
    # only here: an episode that is withdrawn and comes back later is another alert
    kept = {alert.starts_at: alert.id for alert in live.not_withdrawn}
    # of episodes that a live hit has joined, the first announced stays
    joined = {alert.id for alert in live.final if alert.reason == MERGED}
    _take_and_tick(live, ordered[meanwhile:])

    assert live.summaries() == brute_force(rule, stream)
    alone = {start: alert_id for start, alert_id in ids.items() if alert_id not in joined}
    assert all(kept[start] == alone[start] for start in alone.keys() & kept.keys())


def _take_and_tick(course: WindowCourse, stream: Sequence[Signal]) -> WindowCourse:
    for signal in stream:
        course.take(signal).tick(recorded_at(signal))
    return course


@st.composite
def _interleave(draw: st.DrawFn, past: Sequence[Signal], live: Sequence[Signal]) -> list[Signal]:
    """Backfilled and live signals, each in order."""
    left, right, mixed = list(past), list(live), []
    while left or right:
        first = bool(left) and (not right or draw(st.booleans()))
        mixed.append((left if first else right).pop(0))
    return mixed


@given(case=cases(), data=st.data())
def test_history_alone_pages_nobody(
    case: tuple[WindowRule, list[Signal]], data: st.DataObject
) -> None:
    rule, stream = case
    live = data.draw(st.sets(st.sampled_from([signal.identity for signal in stream]), max_size=2))
    course = WindowCourse(rule).publish(rule)

    for signal in stream:
        _ = course.take(signal) if signal.identity in live else course.take_backfilled(signal)
    course.release()

    paged = [alert for alert in course.alerts if not alert.backfill]
    assert live or not paged
