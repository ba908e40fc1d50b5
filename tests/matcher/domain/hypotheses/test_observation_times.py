"""When an indicator was observed, and what is known of that late or ahead."""

import pytest

from schemas.alert import Level, Status
from services.matcher.domain.hypotheses.change import make_alert_change
from tests.matcher.builders import HOUR, NOON
from tests.matcher.hypotheses import HypothesisRun, hypothesis, observe, withdraw


def test_an_observation_dated_ahead_counts_from_its_time() -> None:
    run = HypothesisRun(hypothesis()).take(observe("rockets", 5), now=0)
    assert run.alerts == []

    run.tick(6)

    assert run.last.starts_at == NOON + 5 * HOUR
    assert "rockets was observed" in run.last.summary


def test_a_report_minutes_late_reaches_the_level_that_its_weight_alone_asks_for() -> None:
    run = HypothesisRun(hypothesis()).tick(1).take(observe("rockets", 0), now=1).tick(2)

    assert run.last.starts_at == NOON
    assert run.last.detected_at == NOON + HOUR
    assert run.levels == [("low", "firing")]


def test_what_is_known_late_lowers_a_level_at_its_own_time() -> None:
    run = HypothesisRun(hypothesis()).take(observe("rockets", 0)).tick(3)

    run.take(observe("calm", 1, recorded=2), now=3)

    assert run.last.resolved_at == NOON + HOUR


def test_what_was_before_the_level_lowers_it_from_its_start() -> None:
    run = HypothesisRun(hypothesis()).take(observe("rockets", 0)).tick(3)

    run.take(observe("calm", -1, recorded=2), now=3)

    assert run.last.starts_at == run.last.resolved_at == NOON


def test_an_alert_is_withdrawn_at_the_time_at_which_that_is_known() -> None:
    run = (
        HypothesisRun(hypothesis())
        .take(observe("rockets", 0))
        .tick(3)
        .take(withdraw("rockets"), now=3)
    )

    assert run.last.resolved_at == NOON + 3 * HOUR
    assert run.last.status is Status.WITHDRAWN


def test_a_late_report_of_before_the_level_can_raise_it() -> None:
    run = (
        HypothesisRun(hypothesis({"rockets": 2, "march": 1.2})).take(observe("rockets", 5)).tick(6)
    )

    run.take(observe("march", 4, recorded=6), now=6)

    assert (run.last.level, run.last.starts_at) == (Level.MEDIUM, NOON + 5 * HOUR)


def test_a_report_so_late_that_it_has_faded_raises_nothing() -> None:
    run = HypothesisRun(hypothesis()).take(observe("calm", 100))

    run.take(observe("rockets", 0), now=100)

    assert run.alerts == []


def left_after_an_hour() -> HypothesisRun:
    """A hypothesis whose level ended at one o'clock, judged up to then."""
    return HypothesisRun(hypothesis()).take(observe("rockets")).tick(1).take(withdraw("rockets"))


def test_a_late_report_reaches_a_level_before_the_present_one_began_if_it_lasts() -> None:
    run = left_after_an_hour()
    run.tick(2).take(observe("rockets", 0.5, recorded=2), now=2)

    assert run.score(1) < 2
    assert (run.last.status, run.last.starts_at) == (Status.FIRING, NOON + HOUR / 2)


def test_a_level_that_a_late_report_reached_and_that_was_left_since_is_not_announced() -> None:
    run = left_after_an_hour()
    alerts = list(run.alerts)
    run.tick(10).take(observe("rockets", 0.5, recorded=10), now=10)

    assert run.alerts == alerts


def test_evidence_already_observed_enters_at_the_start() -> None:
    observed = [{"rule": "march", "at": "2020-01-14T00:00:00Z", "note": "A poster."}]
    run = HypothesisRun(hypothesis(observed=observed))

    run.tick(-13)
    assert run.alerts == []
    run.tick(-11)

    assert run.last.starts_at == NOON - 12 * HOUR
    assert "march was observed" in run.last.summary
    assert run.last.evidence[0].excerpt == "A poster."


def test_of_what_was_observed_long_before_only_the_present_level_is_announced() -> None:
    observed = [{"rule": "march", "at": "2018-01-14"}, {"rule": "rockets", "at": "2020-01-14"}]

    run = HypothesisRun(hypothesis(observed=observed)).tick(-10).tick(0)

    assert [(alert.level, alert.starts_at) for alert in run.alerts if alert.revision == 1] == [
        (Level.LOW, NOON - 12 * HOUR)
    ]


@pytest.mark.parametrize("at", ["2020-01-14", "2020-01-14T13:00:00Z"])
def test_an_alert_of_the_time_of_evidence_already_observed_is_not_counted_twice(at: str) -> None:
    observed = [{"rule": "march", "at": at, "note": "A poster."}]

    run = (
        HypothesisRun(hypothesis(observed=observed))
        .tick(1)
        .take(observe("march", 1), observe("rockets", 1))
    )

    assert run.score(1) == 4
    reports = [report.event_id for alert in run.final for report in alert.evidence]
    assert reports.count("march 1") + sum(name.startswith("mlcoa:") for name in reports) == 1
    assert run.take(withdraw("march", 1)).score(1) == pytest.approx(
        2 + (2 if "T" in at else 2 * 2 ** (-13 / 48))
    )


def test_an_indicator_was_last_observed_with_the_newest_evidence_or_at_the_alerts_start() -> None:
    alert = HypothesisRun(hypothesis()).take(observe("rockets", 0)).last
    absence = alert.model_copy(update={"starts_at": NOON + 5 * HOUR})

    assert make_alert_change(alert).at == NOON
    assert make_alert_change(absence).at == NOON + 5 * HOUR
    assert make_alert_change(alert).rule == "mlcoa"
