"""The level of a hypothesis, step by step."""

import json
from dataclasses import replace
from math import log2

import pytest

from schemas.alert import Level, LevelMove, Status
from schemas.version import SCHEMA_VERSION, NewerSchema
from services.matcher.domain.alerts.step import StepContext
from services.matcher.domain.hypotheses.state import (
    HypothesisState,
)
from services.matcher.domain.hypotheses.step import hypothesis_deadline, step_hypothesis
from tests.matcher.builders import HOUR, NOON
from tests.matcher.hypotheses import HypothesisRun, hypothesis, observe, withdraw


def two_levels_reached() -> HypothesisRun:
    return HypothesisRun(hypothesis()).take(observe("rockets", 0), observe("march", 1))


def test_a_score_that_reaches_a_level_moves_the_alert() -> None:
    first, second = two_levels_reached().alerts

    assert (first.level, first.value, first.starts_at) == (Level.LOW, 2, NOON)
    assert (second.id, second.revision, second.status) == (first.id, 2, Status.FIRING)
    assert (second.level, second.rule.level, second.starts_at) == (
        Level.MEDIUM,
        Level.MEDIUM,
        NOON,
    )


def test_an_alert_that_moves_names_what_moved_it() -> None:
    first, second = two_levels_reached().alerts

    assert first.move == LevelMove(
        before="",
        after="watch",
        score=2,
        threshold=2,
        because="rockets was observed",
        missing=("march",),
    )
    assert second.move == LevelMove(
        before="watch",
        after="elevated",
        score=second.value or 0,
        threshold=3,
        because="march was observed",
    )
    assert second.summary == "MLCOA: pressure: elevated, was watch; march was observed"
    assert second.explain == (
        "march was observed: the score came to 3.94 at 2020-01-14 13:00 UTC, and elevated asks "
        "for 3; observed: rockets +1.94, march +2.00"
    )
    assert [report.event_id for report in second.evidence] == ["march 1", "rockets 0"]


def test_an_alert_says_what_to_look_for_next() -> None:
    run = HypothesisRun(hypothesis()).take(observe("rockets"), observe("march", 1))

    assert run.alerts[0].action == "Check rockets, then look for what has not shown: march."
    assert run.last.action == "Check march."


def test_an_alert_of_a_hypothesis_says_whose_it_is() -> None:
    alert = HypothesisRun(hypothesis()).take(observe("rockets")).last

    assert (alert.rule.name, alert.rule.title) == ("mlcoa", "MLCOA: pressure")
    assert (alert.pack, alert.group) == ("iraq", {"hypothesis": "mlcoa"})
    assert alert.hypotheses == ("mlcoa",)


def test_an_indicator_counts_once_however_many_alerts_it_has() -> None:
    run = HypothesisRun(hypothesis()).take(
        observe("rockets", 0), observe("rockets", 0.5), observe("rockets", 1)
    )

    assert run.score(1) == 2
    assert run.levels == [("low", "firing")]


def test_a_level_is_left_at_the_very_time_at_which_the_score_has_decayed() -> None:
    run = HypothesisRun(hypothesis()).take(observe("rockets"))
    left = NOON + -log2(0.9) * 24 * HOUR

    due = hypothesis_deadline(run.hypothesis, run.state)
    run.tick(100)

    assert due is not None
    assert abs(due - left).total_seconds() < 1e-5
    assert run.last.status is Status.RESOLVED
    assert run.last.resolved_at == due
    assert run.last.updated_at == NOON + 100 * HOUR
    assert "rockets faded" in run.last.explain
    assert "watch asks for 2 and is left below 1.8" in run.last.explain


def test_a_score_just_below_its_level_does_not_leave_it() -> None:
    run = HypothesisRun(hypothesis()).take(observe("rockets")).tick(3.6)

    assert run.score(3.6) < 2
    assert run.levels == [("low", "firing")]


def test_a_score_between_leaving_and_reaching_does_not_come_back() -> None:
    weights = {"rockets": 2.0, "calm": -0.15}

    run = HypothesisRun(hypothesis(weights)).take(observe("rockets"), observe("calm", 2.5))
    run.take(withdraw("calm", 2.5))

    assert 1.8 < run.score(2.5) < 2
    assert run.levels == [("low", "firing"), ("low", "resolved")]


def test_without_hysteresis_a_level_is_left_where_it_is_reached() -> None:
    run = HypothesisRun(hypothesis(hysteresis=1)).take(observe("rockets")).tick(0.001)

    assert run.levels == [("low", "firing"), ("low", "resolved")]


def test_a_late_tick_announces_every_crossing_with_its_own_time() -> None:
    run = HypothesisRun(hypothesis()).take(observe("rockets"), observe("march")).tick(1000)

    [alert] = run.final
    *_, lowered, ended = run.alerts
    assert run.levels[1:] == [("medium", "firing"), ("low", "firing"), ("low", "resolved")]
    assert lowered.move is not None
    assert (lowered.move.is_up, lowered.move.before, lowered.move.after) == (
        False,
        "elevated",
        "watch",
    )
    assert ended.move is not None
    assert (ended.move.before, ended.move.after) == ("watch", "")
    assert alert.resolved_at is not None
    assert NOON == alert.starts_at < alert.resolved_at < NOON + 100 * HOUR


def test_a_contra_indicator_lowers_the_score_and_raises_it_again_as_it_fades() -> None:
    weights, half_lives = {"march": 2.2, "calm": -1.0}, {"calm": "6h"}

    run = HypothesisRun(hypothesis(weights, half_lives)).take(observe("march"), observe("calm", 1))
    fallen = run.last
    run.tick(100)

    assert fallen.status is Status.RESOLVED
    assert "calm was observed" in fallen.summary
    assert run.last.status is Status.FIRING
    assert run.last.starts_at > NOON + 7 * HOUR
    assert run.last.summary == "MLCOA: pressure: watch; calm faded"


def test_an_indicator_without_a_half_life_stays() -> None:
    run = HypothesisRun(hypothesis({"leader": 2})).take(observe("leader")).tick(1_000_000)

    assert run.levels == [("low", "firing")]
    assert hypothesis_deadline(run.hypothesis, run.state) is None


def test_a_withdrawn_alert_takes_its_indicator_out_and_the_level_with_it() -> None:
    run = HypothesisRun(hypothesis()).take(observe("rockets"), withdraw("rockets"))

    assert run.score(0) == 0
    assert run.last.status is Status.WITHDRAWN
    assert run.last.reason == "gone"
    assert run.last.summary == "MLCOA: pressure: below watch, was watch; rockets was withdrawn"


def test_a_level_that_others_led_to_is_resolved_when_an_alert_behind_it_is_withdraw() -> None:
    weights = {"rockets": 1.5, "march": 1.5}

    run = HypothesisRun(hypothesis(weights)).take(
        observe("march"), observe("rockets"), withdraw("march")
    )

    assert run.last.status is Status.RESOLVED


def test_when_the_newest_alert_is_withdrawn_the_one_before_it_counts() -> None:
    run = HypothesisRun(hypothesis()).take(observe("rockets", 0), observe("rockets", 24))
    run.take(withdraw("rockets", 24))

    assert run.score(24) == pytest.approx(1)


def test_a_resolved_alert_goes_on_to_count() -> None:
    run = HypothesisRun(hypothesis()).take(
        observe("rockets"), observe("rockets", revision=2, status=Status.RESOLVED)
    )

    assert run.score(0) == 2
    assert run.levels == [("low", "firing")]


def test_an_older_revision_after_a_newer_one_changes_nothing() -> None:
    run = HypothesisRun(hypothesis()).take(withdraw("rockets"), observe("rockets"))

    assert run.alerts == []


def test_a_message_that_was_applied_already_sends_the_alerts_again() -> None:
    run = HypothesisRun(hypothesis()).take(observe("rockets", 0), observe("march", 1))

    outcome = step_hypothesis(
        run.hypothesis, run.state, observe("march", 1), StepContext(run.offset, None, NOON)
    )

    assert not outcome.is_changed
    assert list(outcome.alerts) == run.final


def test_a_tick_before_every_partition_has_ticked_changes_nothing() -> None:
    outcome = step_hypothesis(
        hypothesis(), HypothesisState.empty(), None, StepContext(1, None, NOON)
    )

    assert not outcome.is_changed


def test_an_alert_of_no_indicator_changes_nothing() -> None:
    run = HypothesisRun(hypothesis()).take(observe("flood"))

    assert run.alerts == []
    assert run.state.observations == {}


def test_a_drill_has_alerts_of_its_own() -> None:
    real = HypothesisRun(hypothesis()).take(observe("rockets"))
    drill = HypothesisRun(hypothesis(), HypothesisState.empty(exercise=True)).take(
        observe("rockets")
    )

    assert drill.last.exercise
    assert drill.last.fingerprint != real.last.fingerprint


def test_a_level_that_a_backfilled_alert_leads_to_is_backfill() -> None:
    backfilled = replace(observe("rockets"), backfill=True)

    assert HypothesisRun(hypothesis()).take(backfilled).last.backfill
    assert not HypothesisRun(hypothesis()).take(observe("rockets")).last.backfill


def test_a_state_is_bounded_in_what_it_keeps() -> None:
    run = HypothesisRun(hypothesis({"leader": 2}))
    for number in range(100):
        run.take(observe("leader", number))

    assert len(run.state.observations["leader"]) == 32
    assert run.score(100) == 2


def test_alerts_of_levels_long_over_are_forgotten() -> None:
    run = HypothesisRun(hypothesis()).take(observe("rockets")).tick(10).take(observe("calm", 400))

    assert run.state.announced == ()


@pytest.mark.parametrize("half_life", ["1d", None], ids=["decaying", "constant"])
def test_with_other_levels_in_the_rule_file_the_next_tick_judges_again(
    half_life: str | None,
) -> None:
    half_lives = {"rockets": half_life} if half_life else {"march": "1d"}
    run = HypothesisRun(hypothesis({"rockets": 2}, half_lives)).take(observe("rockets", 0))

    run.hypothesis = replace(run.hypothesis, thresholds=(5, 6, 7))
    run.tick(1)

    assert run.last.status is Status.RESOLVED


def test_a_state_with_keys_that_are_not_known_can_be_read() -> None:
    run = HypothesisRun(hypothesis()).take(observe("rockets"))
    raw = json.loads(run.state.encode())
    raw["observations"]["rockets"][0].append("added")

    assert HypothesisState.decode(json.dumps(raw | {"region": "north"}).encode()) == run.state


def test_a_state_of_a_later_release_is_refused() -> None:
    raw = json.loads(HypothesisState.empty().encode())

    with pytest.raises(NewerSchema, match="upgrade"):
        HypothesisState.decode(json.dumps(raw | {"version": SCHEMA_VERSION + 1}).encode())


def test_a_level_that_fell_before_1970_began_then() -> None:
    observed = [{"rule": rule, "at": "1953-08-19"} for rule in ("leader", "march")]
    watched = hypothesis({"leader": 2, "march": 2}, {"march": "3650d"}, observed=observed)

    run = HypothesisRun(watched).tick(0)

    assert (run.last.level, run.last.starts_at.year) == (Level.LOW, 1968)
