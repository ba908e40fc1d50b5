from dataclasses import replace
from math import log2

import pytest

from schemas.alert import Level, Status
from services.matcher.domain.alerts.step import StepContext
from services.matcher.domain.hypotheses.change import make_alert_change
from services.matcher.domain.hypotheses.state import HypothesisState
from services.matcher.domain.hypotheses.step import hypothesis_deadline, step_hypothesis
from tests.matcher.builders import HOUR, NOON
from tests.matcher.hypotheses import HypothesisCourse, hypothesis, seen, withdrawn


def test_a_score_that_reaches_a_level_is_an_alert_that_names_what_moved_it() -> None:
    watch = HypothesisCourse(hypothesis()).take(seen("rockets", 0), seen("march", 1))

    first, ended, second = watch.alerts
    assert (first.level, first.value, first.starts_at) == (Level.LOW, 2, NOON)
    assert (ended.id, ended.status, ended.resolved_at) == (
        first.id,
        Status.RESOLVED,
        NOON + HOUR,
    )
    assert (second.level, second.starts_at) == (Level.MEDIUM, NOON + HOUR)
    assert second.summary == "MLCOA: pressure: elevated, was watch; march was observed"
    assert second.explain == (
        "march was observed: the score came to 3.94 at 2020-01-14 13:00 UTC, and elevated asks "
        "for 3; observed: rockets +1.94, march +2.00"
    )
    assert [report.event_id for report in second.evidence] == ["march 1"]


def test_an_alert_says_what_to_look_for_next() -> None:
    watch = HypothesisCourse(hypothesis()).take(seen("rockets"), seen("march", 1))

    assert watch.alerts[0].action == "Check rockets, then look for what has not shown: march."
    assert watch.last.action == "Check march."


def test_an_alert_of_a_hypothesis_says_whose_it_is() -> None:
    alert = HypothesisCourse(hypothesis()).take(seen("rockets")).last

    assert (alert.rule.name, alert.rule.title) == ("mlcoa", "MLCOA: pressure")
    assert (alert.pack, alert.group) == ("iraq", {"hypothesis": "mlcoa"})
    assert alert.hypotheses == ("mlcoa",)


def test_an_indicator_counts_once_however_many_alerts_it_has() -> None:
    watch = HypothesisCourse(hypothesis()).take(
        seen("rockets", 0), seen("rockets", 0.5), seen("rockets", 1)
    )

    assert watch.score(1) == 2
    assert watch.levels == [("low", "firing")]


def test_a_level_is_left_at_the_very_time_at_which_the_score_has_decayed() -> None:
    watch = HypothesisCourse(hypothesis()).take(seen("rockets"))
    left = NOON + -log2(0.9) * 24 * HOUR

    due = hypothesis_deadline(watch.hypothesis, watch.state)
    watch.tick(100)

    assert due is not None
    assert abs(due - left).total_seconds() < 1e-5
    assert watch.last.status is Status.RESOLVED
    assert watch.last.resolved_at == due
    assert watch.last.updated_at == NOON + 100 * HOUR
    assert "rockets faded" in watch.last.explain
    assert "watch asks for 2 and is left below 1.8" in watch.last.explain


def test_a_score_just_below_its_level_does_not_leave_it() -> None:
    watch = HypothesisCourse(hypothesis()).take(seen("rockets")).tick(3.6)

    assert watch.score(3.6) < 2
    assert watch.levels == [("low", "firing")]


def test_a_score_between_leaving_and_reaching_does_not_come_back() -> None:
    weights = {"rockets": 2.0, "calm": -0.15}

    watch = HypothesisCourse(hypothesis(weights)).take(seen("rockets"), seen("calm", 2.5))
    watch.take(withdrawn("calm", 2.5))

    assert 1.8 < watch.score(2.5) < 2
    assert watch.levels == [("low", "firing"), ("low", "resolved")]


def test_without_hysteresis_a_level_is_left_where_it_is_reached() -> None:
    watch = HypothesisCourse(hypothesis(hysteresis=1)).take(seen("rockets")).tick(0.001)

    assert watch.levels == [("low", "firing"), ("low", "resolved")]


def test_a_late_tick_tells_every_crossing_with_its_own_time() -> None:
    watch = HypothesisCourse(hypothesis()).take(seen("rockets"), seen("march")).tick(1000)

    _, elevated, low = watch.final
    assert watch.levels[2:] == [
        ("medium", "firing"),
        ("medium", "resolved"),
        ("low", "firing"),
        ("low", "resolved"),
    ]
    assert elevated.resolved_at == low.starts_at
    assert low.resolved_at is not None
    assert NOON < low.starts_at < low.resolved_at < NOON + 100 * HOUR


def test_what_speaks_against_it_lowers_the_score_and_raises_it_again_as_it_fades() -> None:
    weights, half_lives = {"march": 2.2, "calm": -1.0}, {"calm": "6h"}

    watch = HypothesisCourse(hypothesis(weights, half_lives)).take(seen("march"), seen("calm", 1))
    fallen = watch.last
    watch.tick(100)

    assert fallen.status is Status.RESOLVED
    assert "calm was observed" in fallen.summary
    assert watch.last.status is Status.FIRING
    assert watch.last.starts_at > NOON + 7 * HOUR
    assert watch.last.summary == "MLCOA: pressure: watch; calm faded"


def test_an_indicator_without_a_half_life_stays() -> None:
    watch = HypothesisCourse(hypothesis({"leader": 2})).take(seen("leader")).tick(1_000_000)

    assert watch.levels == [("low", "firing")]
    assert hypothesis_deadline(watch.hypothesis, watch.state) is None


def test_a_withdrawn_alert_takes_its_indicator_out_and_the_level_with_it() -> None:
    watch = HypothesisCourse(hypothesis()).take(seen("rockets"), withdrawn("rockets"))

    assert watch.score(0) == 0
    assert watch.last.status is Status.WITHDRAWN
    assert watch.last.reason == "gone"
    assert watch.last.summary == "MLCOA: pressure: below watch, was watch; rockets was withdrawn"


def test_a_level_that_others_led_to_is_resolved_when_an_alert_behind_it_is_withdrawn() -> None:
    weights = {"rockets": 1.5, "march": 1.5}

    watch = HypothesisCourse(hypothesis(weights)).take(
        seen("march"), seen("rockets"), withdrawn("march")
    )

    assert watch.last.status is Status.RESOLVED


def test_when_the_newest_alert_is_withdrawn_the_one_before_it_counts() -> None:
    watch = HypothesisCourse(hypothesis()).take(seen("rockets", 0), seen("rockets", 24))
    watch.take(withdrawn("rockets", 24))

    assert watch.score(24) == pytest.approx(1)


def test_a_resolved_alert_goes_on_to_count() -> None:
    watch = HypothesisCourse(hypothesis()).take(
        seen("rockets"), seen("rockets", revision=2, status=Status.RESOLVED)
    )

    assert watch.score(0) == 2
    assert watch.levels == [("low", "firing")]


def test_an_older_revision_after_a_newer_one_changes_nothing() -> None:
    watch = HypothesisCourse(hypothesis()).take(withdrawn("rockets"), seen("rockets"))

    assert watch.alerts == []


def test_a_message_that_was_applied_already_sends_the_alerts_again() -> None:
    watch = HypothesisCourse(hypothesis()).take(seen("rockets", 0), seen("march", 1))

    outcome = step_hypothesis(
        watch.hypothesis, watch.state, seen("march", 1), StepContext(watch.offset, None, NOON)
    )

    assert not outcome.changed
    assert list(outcome.alerts) == watch.final


def test_a_tick_before_every_partition_has_ticked_changes_nothing() -> None:
    outcome = step_hypothesis(
        hypothesis(), HypothesisState.empty(), None, StepContext(1, None, NOON)
    )

    assert not outcome.changed


def test_an_observation_dated_ahead_counts_from_its_time() -> None:
    watch = HypothesisCourse(hypothesis()).take(seen("rockets", 5), now=0)
    assert watch.alerts == []

    watch.tick(6)

    assert watch.last.starts_at == NOON + 5 * HOUR
    assert "rockets was observed" in watch.last.summary


def test_a_report_minutes_late_reaches_the_level_that_its_weight_alone_asks_for() -> None:
    watch = HypothesisCourse(hypothesis()).tick(1).take(seen("rockets", 0), now=1).tick(2)

    assert watch.last.starts_at == NOON
    assert watch.last.detected_at == NOON + HOUR
    assert watch.levels == [("low", "firing")]


def test_what_is_known_late_lowers_a_level_at_its_own_time() -> None:
    watch = HypothesisCourse(hypothesis()).take(seen("rockets", 0)).tick(3)

    watch.take(seen("calm", 1, recorded=2), now=3)

    assert watch.last.resolved_at == NOON + HOUR


def test_what_was_before_the_level_lowers_it_from_its_start() -> None:
    watch = HypothesisCourse(hypothesis()).take(seen("rockets", 0)).tick(3)

    watch.take(seen("calm", -1, recorded=2), now=3)

    assert watch.last.starts_at == watch.last.resolved_at == NOON


def test_an_alert_is_withdrawn_at_the_time_at_which_that_is_known() -> None:
    watch = (
        HypothesisCourse(hypothesis())
        .take(seen("rockets", 0))
        .tick(3)
        .take(withdrawn("rockets"), now=3)
    )

    assert watch.last.resolved_at == NOON + 3 * HOUR
    assert watch.last.status is Status.WITHDRAWN


def test_a_late_report_of_before_the_level_can_raise_it() -> None:
    watch = (
        HypothesisCourse(hypothesis({"rockets": 2, "march": 1.2})).take(seen("rockets", 5)).tick(6)
    )

    watch.take(seen("march", 4, recorded=6), now=6)

    assert (watch.last.level, watch.last.starts_at) == (Level.MEDIUM, NOON + 5 * HOUR)


def test_a_report_so_late_that_it_has_faded_raises_nothing() -> None:
    watch = HypothesisCourse(hypothesis()).take(seen("calm", 100)).take(seen("rockets", 0), now=100)

    assert watch.alerts == []


def test_evidence_already_observed_enters_at_the_start() -> None:
    observed = [{"rule": "march", "at": "2020-01-14T00:00:00Z", "note": "A poster."}]
    watch = HypothesisCourse(hypothesis(observed=observed))

    watch.tick(-13)
    assert watch.alerts == []
    watch.tick(-11)

    assert watch.last.starts_at == NOON - 12 * HOUR
    assert "march was observed" in watch.last.summary
    assert watch.last.evidence[0].excerpt == "A poster."


def test_of_what_was_observed_long_before_only_what_stands_is_told() -> None:
    observed = [{"rule": "march", "at": "2018-01-14"}, {"rule": "rockets", "at": "2020-01-14"}]

    watch = HypothesisCourse(hypothesis(observed=observed)).tick(-10).tick(0)

    assert [(one.level, one.starts_at) for one in watch.alerts if one.revision == 1] == [
        (Level.LOW, NOON - 12 * HOUR)
    ]


@pytest.mark.parametrize("at", ["2020-01-14", "2020-01-14T13:00:00Z"])
def test_an_alert_of_the_time_of_evidence_already_observed_is_not_counted_twice(at: str) -> None:
    observed = [{"rule": "march", "at": at, "note": "A poster."}]

    watch = (
        HypothesisCourse(hypothesis(observed=observed))
        .tick(1)
        .take(seen("march", 1), seen("rockets", 1))
    )

    assert watch.score(1) == 4
    told = [report.event_id for alert in watch.final for report in alert.evidence]
    assert told.count("march 1") + sum(name.startswith("mlcoa:") for name in told) == 1
    assert watch.take(withdrawn("march", 1)).score(1) == pytest.approx(
        2 + (2 if "T" in at else 2 * 2 ** (-13 / 48))
    )


def test_an_alert_of_no_indicator_changes_nothing() -> None:
    watch = HypothesisCourse(hypothesis()).take(seen("flood"))

    assert watch.alerts == []
    assert watch.state.observations == {}


def test_a_drill_has_alerts_of_its_own() -> None:
    real = HypothesisCourse(hypothesis()).take(seen("rockets"))
    drill = HypothesisCourse(hypothesis(), HypothesisState.empty(exercise=True)).take(
        seen("rockets")
    )

    assert drill.last.exercise
    assert drill.last.fingerprint != real.last.fingerprint


def test_a_level_that_a_backfilled_alert_leads_to_is_backfill() -> None:
    old = replace(seen("rockets"), backfill=True)

    assert HypothesisCourse(hypothesis()).take(old).last.backfill
    assert not HypothesisCourse(hypothesis()).take(seen("rockets")).last.backfill


def test_a_state_is_bounded_in_what_it_keeps() -> None:
    watch = HypothesisCourse(hypothesis({"leader": 2}))
    for number in range(100):
        watch.take(seen("leader", number))

    assert len(watch.state.observations["leader"]) == 32
    assert watch.score(100) == 2


def test_alerts_of_levels_long_over_are_forgotten() -> None:
    watch = HypothesisCourse(hypothesis()).take(seen("rockets")).tick(10).take(seen("calm", 400))

    assert watch.state.announced == ()


def test_an_alert_says_when_its_indicator_last_showed() -> None:
    alert = HypothesisCourse(hypothesis()).take(seen("rockets", 0)).last
    absence = alert.model_copy(update={"starts_at": NOON + 5 * HOUR})

    assert make_alert_change(alert).at == NOON
    assert make_alert_change(absence).at == NOON + 5 * HOUR
    assert make_alert_change(alert).rule == "mlcoa"


def test_a_rule_file_with_other_levels_is_judged_anew_at_the_next_tick() -> None:
    watch = HypothesisCourse(hypothesis()).take(seen("rockets", 0))

    watch.hypothesis = replace(watch.hypothesis, thresholds=(5, 6, 7))
    watch.tick(1)

    assert watch.last.status is Status.RESOLVED
