"""Scheduled events: what they make of weights, and of levels, from their beginning to their end."""

from datetime import timedelta
from typing import Any

import pytest

from schemas.alert import Level, Status
from services.matcher.domain.hypotheses.hypothesis import WatchedHypothesis
from services.matcher.domain.hypotheses.step import hypothesis_deadline
from services.matcher.domain.windows.state import micros
from tests.matcher.builders import HOUR, NOON
from tests.matcher.hypotheses import HypothesisRun, hypothesis, observe

MARCH: dict[str, Any] = {
    "title": "The march",
    "when": "2020-01-15T12:00:00Z",  # a day after noon
    "before": "6h",
    "after": "12h",
    "weights": {"leader": 2},
}


def awaiting(*events: dict[str, Any], weight: float = 1.5) -> WatchedHypothesis:
    return hypothesis({"leader": weight}, scheduled=events or (MARCH,))


@pytest.mark.parametrize(
    ("hours", "score"), [(17.999, 1.5), (18, 3), (24, 3), (35.999, 3), (36, 1.5)]
)
def test_weights_are_multiplied_from_before_the_event_to_after_it(
    hours: float, score: float
) -> None:
    run = HypothesisRun(awaiting()).take(observe("leader"))

    assert run.score(hours) == score


def test_a_level_begins_and_ends_with_the_time_around_the_event_to_the_microsecond() -> None:
    run = HypothesisRun(awaiting()).take(observe("leader"))
    due = hypothesis_deadline(run.hypothesis, run.state)
    run.tick(500)

    (level,) = run.final
    assert due == NOON + 18 * HOUR
    assert (level.level, level.starts_at) == (Level.MEDIUM, NOON + 18 * HOUR)
    assert (level.status, level.resolved_at) == (Status.RESOLVED, NOON + 36 * HOUR)


def test_the_message_of_such_a_level_names_the_event_and_how_long_it_counts() -> None:
    run = HypothesisRun(awaiting()).take(observe("leader")).tick(20)

    assert run.last.summary == "MLCOA: pressure: elevated; The march is near"
    assert run.last.explain == (
        "The march is near: the score came to 3.00 at 2020-01-15 06:00 UTC, and elevated asks for "
        "3; observed: leader +3.00; scheduled: The march until 2020-01-16 00:00 UTC"
    )
    assert [report.event_id for report in run.last.evidence] == ["leader 0"]
    run.tick(40)
    assert run.last.summary.endswith("; The march is past")
    assert "scheduled" not in run.last.explain


def test_an_observation_near_the_event_is_what_its_message_names() -> None:
    run = HypothesisRun(awaiting()).tick(20).take(observe("leader", 20))

    assert run.last.summary.endswith("; leader was observed")


def test_the_factors_of_events_at_one_time_are_multiplied() -> None:
    eve = MARCH | {"title": "The eve", "before": "1h", "after": "1h", "weights": {"leader": 0.5}}
    run = HypothesisRun(awaiting(MARCH, eve)).take(observe("leader"))

    assert (run.score(22), run.score(24)) == (3, 1.5)


def test_a_weight_that_counts_against_counts_more_too() -> None:
    run = HypothesisRun(awaiting(weight=-1)).take(observe("leader"))

    assert (run.score(1), run.score(24)) == (-1, -2)


def test_a_day_is_the_whole_day_and_an_event_may_last_several() -> None:
    days = MARCH | {"when": "2020-01-15", "until": "2020-01-17", "before": "0d", "after": "0d"}
    (span,) = awaiting(days).scheduled

    assert micros(NOON) - micros(NOON + timedelta(hours=-12)) == 12 * 3_600_000_000
    assert (span.start, span.end) == (
        micros(NOON + 12 * HOUR),
        micros(NOON + (3 * 24 + 12) * HOUR),
    )


def test_a_restart_amid_the_event_changes_nothing() -> None:
    run = HypothesisRun(awaiting()).take(observe("leader")).tick(20).restore().tick(500)

    assert run.story() == [("medium", NOON + 18 * HOUR, NOON + 36 * HOUR)]


def test_an_event_that_joins_the_rules_while_they_run_counts_from_then_on() -> None:
    run = HypothesisRun(hypothesis({"leader": 1.5})).take(observe("leader")).tick(20)

    run.hypothesis = awaiting()
    run.tick(21).tick(500)

    assert [(level, end) for level, _, end in run.story()] == [("medium", NOON + 36 * HOUR)]


def test_an_event_without_what_it_weighs_changes_nothing() -> None:
    run = HypothesisRun(awaiting()).tick(500)

    assert run.alerts == []
