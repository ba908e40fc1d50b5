from dataclasses import replace
from datetime import timedelta

from schemas.alert import Level, Status
from schemas.rule import Condition, Corroboration
from services.matcher.domain.alerts.step import StepContext, step_window
from tests.matcher.builders import ALONE, HOUR, NOON, RULE, TEMPORAL, VALUES, hit, of, retraction
from tests.matcher.course import WindowCourse


def test_the_third_hit_in_the_window_fires() -> None:
    course = WindowCourse(RULE).take(hit(0), hit(1))
    assert course.alerts == []

    course.take(hit(2))

    assert course.last.status is Status.FIRING
    assert course.last.starts_at == NOON + 2 * HOUR
    assert course.last.value == 3
    assert course.last.evidence_count == 3


def test_a_hit_just_inside_the_window_counts() -> None:
    course = WindowCourse(RULE).take(hit(0), hit(1), hit(3.999))

    assert len(course.alerts) == 1


def test_a_hit_exactly_a_timespan_old_is_out_of_the_window() -> None:
    course = WindowCourse(RULE).take(hit(0), hit(1), hit(4))

    assert course.alerts == []


def test_a_hit_exactly_a_timespan_before_the_firing_is_no_evidence() -> None:
    course = WindowCourse(RULE).take(hit(0), hit(3.5), hit(4, "a"), hit(4, "b"))

    assert course.last.evidence_count == 3


def test_two_hits_at_the_very_same_time_both_count() -> None:
    course = WindowCourse(RULE).take(hit(1, "a"), hit(1, "b"), hit(1, "c"))

    assert course.last.evidence_count == 3


def test_the_same_event_again_changes_nothing() -> None:
    course = WindowCourse(RULE).take(hit(0), hit(1), hit(1), hit(0), hit(1))

    assert course.alerts == []


def test_a_late_hit_completes_a_window_of_the_past() -> None:
    course = WindowCourse(RULE).take(hit(0), hit(1), hit(30)).tick(NOON + 30 * HOUR)

    course.take(hit(0.5, late=30 * HOUR))

    assert course.last.starts_at == NOON + HOUR
    assert course.last.late


def test_a_hit_beyond_the_lateness_allowed_is_refused() -> None:
    course = WindowCourse(RULE).take(hit(0), hit(1), hit(0.5, late=RULE.max_lateness + HOUR))

    assert course.refused == ["too_late"]
    assert course.alerts == []


def test_a_hit_exactly_as_late_as_allowed_counts() -> None:
    course = WindowCourse(RULE).take(hit(0), hit(1), hit(0.5, late=RULE.max_lateness))

    assert course.refused == []
    assert len(course.alerts) == 1


def test_a_detection_rule_refuses_nothing_and_marks_the_alert_late() -> None:
    course = WindowCourse(ALONE).take(hit(0, late=1000 * HOUR))

    assert course.last.late
    assert course.refused == []


def test_more_evidence_is_a_revision_of_the_same_alert() -> None:
    course = WindowCourse(RULE).take(hit(0), hit(1), hit(2), hit(3))

    assert [alert.revision for alert in course.alerts] == [1, 2]
    assert len({alert.id for alert in course.alerts}) == 1
    assert course.last.evidence_count == 4


def test_a_gap_longer_than_resolve_after_makes_a_second_alert() -> None:
    course = WindowCourse(ALONE).take(hit(0), hit(24), hit(48.001))

    assert len(course.final) == 2


def test_a_gap_of_just_resolve_after_is_the_same_episode() -> None:
    course = WindowCourse(ALONE).take(hit(0), hit(24))

    assert len(course.final) == 1


def test_an_alert_resolves_when_the_clock_has_passed_it_by_resolve_after() -> None:
    course = WindowCourse(RULE).take(hit(0), hit(1), hit(2))

    before = course.tick(NOON + 5.999 * HOUR).last
    after = course.tick(NOON + 6 * HOUR).last

    assert before.status is Status.FIRING
    assert after.status is Status.RESOLVED
    assert after.resolved_at == NOON + 6 * HOUR
    assert after.revision == 2


def test_an_episode_that_is_over_already_is_announced_firing_first() -> None:
    course = WindowCourse(RULE).tick(NOON + 50 * HOUR)

    course.take(hit(0, late=50 * HOUR), hit(1, late=50 * HOUR), hit(2, late=50 * HOUR))
    course.tick(NOON + 51 * HOUR)

    assert [alert.status for alert in course.alerts] == [Status.FIRING, Status.RESOLVED]


def test_nothing_resolves_before_every_partition_has_ticked() -> None:
    course = WindowCourse(RULE).take(hit(0), hit(1), hit(2))

    outcome = step_window(RULE, course.state, None, StepContext(99, None, NOON + 1000 * HOUR))

    assert outcome.alerts == ()
    assert not outcome.is_changed


def test_a_resolved_alert_that_a_late_hit_lengthens_ended_as_late_as_its_episode() -> None:
    course = WindowCourse(RULE).take(hit(0), hit(1), hit(2)).tick(NOON + 20 * HOUR)

    course.take(hit(3))

    assert course.last.status is Status.RESOLVED
    assert course.last.resolved_at == NOON + 7 * HOUR


def test_a_resolved_alert_that_goes_on_fires_again_under_its_id() -> None:
    course = WindowCourse(RULE).take(hit(0), hit(1), hit(2)).tick(NOON + 6 * HOUR)

    course.take(hit(3), hit(3.5))

    assert course.last.status is Status.FIRING
    assert course.last.resolved_at is None
    assert len(course.final) == 1


def test_a_message_not_past_the_offset_changes_nothing_and_sends_again() -> None:
    course = WindowCourse(RULE).take(hit(0), hit(1), hit(2))

    again = step_window(RULE, course.state, hit(2), StepContext(course.state.offset, None, NOON))

    assert not again.is_changed
    assert again.state == course.state
    assert again.alerts == (course.last,)


def test_a_tick_not_past_the_offset_sends_resolved_and_withdrawn_again() -> None:
    course = WindowCourse(ALONE).take(hit(0), hit(100), retraction(100)).tick(NOON + 30 * HOUR)

    again = step_window(
        ALONE, course.state, None, StepContext(course.state.offset, course.clock, NOON)
    )

    assert [alert.status for alert in again.alerts] == [Status.RESOLVED, Status.WITHDRAWN]
    assert list(again.alerts) == course.final


def test_a_retraction_withdraws_the_alert_that_it_leaves_without_ground() -> None:
    course = WindowCourse(RULE).take(hit(0), hit(1), hit(2))

    course.take(retraction(1))

    assert course.last.status is Status.WITHDRAWN
    assert course.last.evidence == ()


def test_a_retraction_that_comes_first_keeps_the_hit_out() -> None:
    course = WindowCourse(RULE).take(retraction(1), hit(0), hit(1), hit(2))

    assert course.alerts == []


def test_a_bridging_hit_joins_two_episodes_and_the_first_announced_stays() -> None:
    course = WindowCourse(ALONE).take(hit(0), hit(40), hit(20))

    first, second = course.final

    assert first.status is Status.FIRING
    assert first.evidence_count == 3
    assert second.status is Status.WITHDRAWN
    assert second.reason == "merged"


def test_an_episode_that_splits_keeps_its_alert_where_most_evidence_is() -> None:
    course = WindowCourse(ALONE).take(hit(0), hit(20), hit(40), hit(41))

    course.take(retraction(20))

    kept, new = course.not_withdrawn
    assert kept.starts_at == NOON + 40 * HOUR
    assert new.starts_at == NOON


def test_a_range_that_is_overshot_unfires() -> None:
    exactly = replace(RULE, condition=Condition(gte=2, lt=3))
    course = WindowCourse(exactly).take(hit(0), hit(2))
    assert course.last.status is Status.FIRING

    course.take(hit(1))

    assert course.not_withdrawn[0].starts_at == NOON + HOUR


def test_value_count_counts_distinct_values_over_all_hits() -> None:
    course = WindowCourse(VALUES).take(
        hit(0, values=("badr", "kh")), hit(1, values=("badr",)), hit(2, values=("aah",))
    )

    assert course.last.value == 3
    assert course.last.starts_at == NOON + 2 * HOUR


def test_temporal_fires_when_every_rule_has_a_hit_in_any_order() -> None:
    course = WindowCourse(TEMPORAL).take(of("threat", hit(1)), of("mobilisation", hit(2)))

    assert course.last.value == 2


def test_temporal_stays_silent_with_two_hits_of_one_rule() -> None:
    course = WindowCourse(TEMPORAL).take(of("threat", hit(1)), of("threat", hit(2)))

    assert course.alerts == []


def test_counting_by_story_takes_ten_outlets_for_one() -> None:
    by_story = replace(RULE, count_by="story")
    one_story = [hit(n / 10).model_copy(update={"story": "wire"}) for n in range(10)]

    course = WindowCourse(by_story).take(*one_story)

    assert course.alerts == []


def test_an_uncorroborated_alert_is_a_level_lower_until_a_second_owner_reports() -> None:
    rule = replace(RULE, corroboration=Corroboration(sources=2, within=timedelta(hours=2)))
    course = WindowCourse(rule).take(hit(0), hit(1), hit(2))
    assert (course.last.level, course.last.uncorroborated) == (Level.MEDIUM, True)

    course.take(hit(4, owner="afp"))

    assert (course.last.level, course.last.uncorroborated) == (Level.HIGH, False)
    assert course.last.revision == 2


def test_the_alert_explains_what_was_counted() -> None:
    course = WindowCourse(VALUES).take(hit(0, values=("badr", "kh", "aah")))

    assert course.last.explain == (
        "3 distinct values of actor_ids in the 4 hours up to 2020-01-14 12:00 UTC; "
        "the rule asks for at least 3."
    )
    assert course.last.summary == "3 of them"
