"""What each indicator is at a time, and how far its window is from firing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schemas.rule import Condition, CorrelationType
from services.matcher.domain.hypotheses.change import DistanceChange, SourceChange
from services.matcher.domain.hypotheses.distance import Distance, measure_distance
from services.matcher.domain.hypotheses.hypothesis import WatchedHypothesis
from services.matcher.domain.hypotheses.indicator_status import (
    IndicatorState,
    IndicatorStatus,
    assess_indicators,
)
from services.matcher.domain.hypotheses.state import MOST_SILENT
from services.matcher.domain.windows.expression import parse_expression
from services.matcher.domain.windows.state import micros
from services.matcher.domain.windows.window_rule import WindowRule
from tests.matcher.builders import ALONE, HOUR, NOON, RULE, TEMPORAL, VALUES, hit, of
from tests.matcher.course import WindowCourse
from tests.matcher.hypotheses import HypothesisRun, hypothesis, observe, withdraw

TWO_OF_THREE = Distance(3, ((2, micros(NOON + 96.5 * HOUR)), (1, micros(NOON + 120 * HOUR))))


def status_of(run: HypothesisRun, rule: str, hours: float) -> IndicatorStatus:
    statuses = assess_indicators(run.hypothesis, run.state, micros(NOON + hours * HOUR))
    return next(status for status in statuses if status.rule == rule)


def test_an_indicator_is_dormant_until_it_is_observed() -> None:
    assert status_of(HypothesisRun(hypothesis()), "march", 0).state == "dormant"


def test_an_observed_indicator_expires_when_a_twentieth_of_it_is_left() -> None:
    run = HypothesisRun(hypothesis()).take(observe("rockets"))

    assert status_of(run, "rockets", 0).contribution == 2
    assert status_of(run, "rockets", 103.7).state == "observed"
    expired = IndicatorStatus("rockets", IndicatorState.EXPIRED, 0.0)
    assert status_of(run, "rockets", 103.8) == expired


def test_an_expired_indicator_stays_expired_when_all_else_is_forgotten() -> None:
    run = (
        HypothesisRun(hypothesis()).take(observe("rockets")).tick(1000).take(observe("march", 1000))
    )

    assert status_of(run, "rockets", 1000).state == "expired"


def test_an_indicator_whose_alert_was_withdrawn_is_dormant_again() -> None:
    run = HypothesisRun(hypothesis()).take(observe("rockets"), withdraw("rockets"))

    assert status_of(run, "rockets", 1).state == "dormant"


def test_a_window_with_hits_makes_its_indicator_watching() -> None:
    run = HypothesisRun(hypothesis()).take(DistanceChange("march", "w", TWO_OF_THREE))

    now = status_of(run, "march", 0)

    assert now.state == "watching"
    assert now.distance is not None
    assert now.distance.describe(micros(NOON)) == "2 of 3, 4 days left"


def test_hits_leave_the_window_without_a_message() -> None:
    run = HypothesisRun(hypothesis()).take(DistanceChange("march", "w", TWO_OF_THREE))

    later = status_of(run, "march", 97).distance

    assert later is not None
    assert later.describe(micros(NOON + 97 * HOUR)) == "1 of 3, 23 hours left"
    assert status_of(run, "march", 120).state == "dormant"


def test_of_many_windows_the_nearest_to_firing_counts() -> None:
    far = Distance(3, ((1, micros(NOON + 10 * HOUR)),))
    run = HypothesisRun(hypothesis()).take(
        DistanceChange("march", "far", far), DistanceChange("march", "near", TWO_OF_THREE)
    )
    assert status_of(run, "march", 0).distance == TWO_OF_THREE

    run.take(DistanceChange("march", "near", None))

    assert status_of(run, "march", 0).distance == far


def shown_by(rule: str, *sources: str) -> WatchedHypothesis:
    watched = hypothesis()
    indicators = (
        replace(indicator, sources=sources) if indicator.rule == rule else indicator
        for indicator in watched.indicators
    )
    return replace(watched, indicators=tuple(indicators))


def fall_silent(source: str) -> SourceChange:
    return SourceChange(source, silent=True)


def report_again(source: str) -> SourceChange:
    return SourceChange(source, silent=False)


def test_an_indicator_is_blind_while_all_that_could_show_it_are_silent() -> None:
    run = HypothesisRun(shown_by("march", "afp", "telegram"))
    assert status_of(run.take(fall_silent("afp")), "march", 0).state == "dormant"

    run.take(fall_silent("telegram"))

    assert status_of(run, "march", 0).state == "blind"
    assert status_of(run, "rockets", 0).state == "dormant"
    assert "blind: march" in run.take(observe("rockets", 1)).last.explain
    assert status_of(run.take(report_again("afp")), "march", 0).state == "dormant"


def test_without_names_the_sources_of_the_last_evidence_count() -> None:
    run = HypothesisRun(hypothesis()).take(observe("rockets"), fall_silent("reuters"))

    assert status_of(run, "rockets", 0).state == "observed"
    assert status_of(run, "rockets", 1000).state == "blind"
    assert status_of(run, "march", 1000).state == "dormant"
    assert status_of(run.take(report_again("reuters")), "rockets", 1000).state == "expired"


def test_a_source_is_silent_with_all_below_it() -> None:
    run = HypothesisRun(shown_by("march", "telegram:@sabereen")).take(fall_silent("telegram"))

    assert status_of(run, "march", 0).state == "blind"


def test_the_present_level_has_a_new_revision_when_an_indicator_turns_blind() -> None:
    run = HypothesisRun(shown_by("march", "afp")).take(observe("rockets"))
    first = run.last

    run.take(fall_silent("afp"))

    assert (run.last.id, run.last.revision, run.last.level) == (first.id, 2, first.level)
    assert run.last.explain == f"{first.explain}; blind: march"
    run.take(fall_silent("afp"), fall_silent("other"))
    assert run.last.revision == 2
    assert run.take(report_again("afp")).last.explain == first.explain


def test_of_too_many_silent_sources_those_stay_that_an_indicator_names() -> None:
    others = [fall_silent(f"source-{number}") for number in range(MOST_SILENT)]

    run = HypothesisRun(shown_by("march", "afp")).take(fall_silent("afp"), *others)

    assert len(run.state.silent_sources) == MOST_SILENT
    assert status_of(run, "march", 0).state == "blind"


def test_the_alert_of_a_level_names_what_is_watched() -> None:
    run = HypothesisRun(hypothesis()).take(
        DistanceChange("march", "w", TWO_OF_THREE), observe("rockets")
    )

    assert run.last.explain.endswith("; watching: march (2 of 3, 4 days left)")


def test_a_distance_has_the_count_and_when_the_oldest_hit_leaves() -> None:
    state = WindowCourse(RULE).take(hit(0), hit(1)).state

    near = measure_distance(RULE, state, NOON + 2 * HOUR)

    assert near == Distance(3, ((2, micros(NOON + 4 * HOUR)), (1, micros(NOON + 5 * HOUR))))
    assert near.describe(micros(NOON + 2 * HOUR)) == "2 of 3, 2 hours left"


def test_only_a_hit_that_contributes_sets_the_time_left() -> None:
    rule = replace(VALUES, condition=Condition(field="actor_ids", gte=3))
    state = (
        WindowCourse(rule)
        .take(hit(0, values=("kh",)), hit(1, values=("kh", "badr")), hit(2, values=("kh",)))
        .state
    )

    near = measure_distance(rule, state, NOON + 2 * HOUR)

    assert near == Distance(3, ((2, micros(NOON + 5 * HOUR)), (1, micros(NOON + 6 * HOUR))))


def test_hits_at_one_time_leave_together() -> None:
    state = WindowCourse(RULE).take(hit(0, "a"), hit(0, "b")).state

    near = measure_distance(RULE, state, NOON)

    assert near == Distance(3, ((2, micros(NOON + 4 * HOUR)),))


def test_a_window_that_fires_or_holds_nothing_has_no_distance() -> None:
    state = WindowCourse(RULE).take(hit(0), hit(1), hit(2)).state

    assert measure_distance(RULE, state, NOON + 2 * HOUR) is None
    assert measure_distance(RULE, state, NOON + 4 * HOUR) is not None
    assert measure_distance(RULE, state, NOON + 6 * HOUR) is None


def test_base_rules_are_counted_too() -> None:
    state = WindowCourse(TEMPORAL).take(of("threat", hit(0))).state
    ordered = replace(TEMPORAL, type=CorrelationType.TEMPORAL_ORDERED)

    near = measure_distance(TEMPORAL, state, NOON)

    assert near == Distance(2, ((1, micros(NOON + 4 * HOUR)),))
    assert measure_distance(ordered, state, NOON) is None


def test_a_sum_comes_nearer_in_whole_numbers() -> None:
    rule = replace(
        RULE,
        type=CorrelationType.VALUE_SUM,
        condition=Condition(field="quantities.rockets", gt=9.5),
    )
    state = WindowCourse(rule).take(hit(0, values=("2.25",)), hit(1, values=("4.5",))).state

    near = measure_distance(rule, state, NOON + HOUR)

    assert near == Distance(10, ((6, micros(NOON + 4 * HOUR)), (4, micros(NOON + 5 * HOUR))))


@pytest.mark.parametrize(
    "rule",
    [
        ALONE,
        replace(RULE, condition=Condition(lt=2)),
        replace(TEMPORAL, expression=parse_expression("threat and not mobilisation")),
        replace(RULE, type=CorrelationType.VALUE_AVG, condition=Condition(field="x", gte=9)),
    ],
    ids=["alone", "few", "expression", "average"],
)
def test_a_rule_that_no_hit_brings_nearer_has_no_distance(rule: WindowRule) -> None:
    state = WindowCourse(RULE).take(hit(0, values=("1",))).state

    assert measure_distance(rule, state, NOON) is None


def test_of_several_lower_bounds_the_highest_is_required() -> None:
    rule = replace(RULE, condition=Condition(gte=2, gt=2.5))
    state = WindowCourse(rule).take(hit(0), hit(1)).state

    near = measure_distance(rule, state, NOON + HOUR)

    assert near is not None
    assert (near.value, near.required) == (2, 3)


@pytest.mark.parametrize(
    ("left", "described"),
    [
        (24 * HOUR, "1 day left"),
        (HOUR, "1 hour left"),
        (timedelta(minutes=1), "1 minute left"),
        (timedelta(seconds=59), "less than a minute left"),
    ],
)
def test_the_time_left_is_described_in_its_largest_whole_unit(
    left: timedelta, described: str
) -> None:
    near = Distance(3, ((2, micros(NOON + left)),))

    assert near.describe(micros(NOON)) == f"2 of 3, {described}"
