"""Phases: how far a course of action has come."""

from typing import Any

import pytest

from services.matcher.domain.hypotheses.change import AlertChange
from services.matcher.domain.hypotheses.hypothesis import WatchedHypothesis
from services.matcher.domain.hypotheses.phase import find_phase
from services.matcher.domain.hypotheses.score import build_score_curve
from services.matcher.domain.windows.state import micros
from tests.matcher.builders import HOUR, NOON
from tests.matcher.hypotheses import HypothesisRun, hypothesis, observe, withdraw

PHASES = [
    {"title": "talk", "indicators": ["march", "leader"]},
    {"title": "fire", "indicators": ["rockets"]},
]


def in_phases(**fields: Any) -> WatchedHypothesis:
    weights = {"march": 2.0, "leader": 0.5, "rockets": 0.5, "calm": -0.5}
    return hypothesis(weights, {"march": "100d"}, phases=PHASES, **fields)


def phase_after(*changes: AlertChange, hours: float = 100) -> int:
    run = HypothesisRun(in_phases()).take(*changes)
    return find_phase(build_score_curve(run.hypothesis, run.state), micros(NOON + hours * HOUR))


@pytest.mark.parametrize(
    ("changes", "phase"),
    [
        ([], 0),
        ([observe("calm")], 0),
        ([observe("leader")], 1),
        ([observe("rockets")], 0),
        ([observe("rockets"), observe("march", 1)], 1),
        ([observe("march"), observe("rockets")], 2),
        ([observe("march"), observe("rockets", 1), observe("march", 2)], 2),
        ([observe("march"), observe("rockets", 1), withdraw("rockets", 1)], 1),
        ([observe("march"), observe("rockets", 101)], 1),
    ],
    ids=[
        "nothing",
        "what counts against it",
        "an indicator of the first",
        "of the second alone",
        "of the second before the first",
        "of both at one time",
        "of the first again",
        "withdrawn",
        "dated ahead",
    ],
)
def test_a_phase_begins_with_an_indicator_since_the_one_before(
    changes: list[AlertChange], phase: int
) -> None:
    assert phase_after(*changes) == phase


def test_a_phase_does_not_end_when_what_began_it_is_long_expired() -> None:
    run = HypothesisRun(hypothesis({"march": 2, "leader": 1, "rockets": 1}, phases=PHASES))
    run.take(observe("rockets"), observe("march", 1), observe("rockets", 2))
    run.take(*(observe("march", hours) for hours in range(24, 124)))

    curve = build_score_curve(run.hypothesis, run.state)
    assert find_phase(curve, micros(NOON + 2_000 * HOUR)) == 2
    assert len(run.state.observations["march"]) == 32


def test_the_message_of_a_level_says_the_phase() -> None:
    run = HypothesisRun(in_phases()).take(observe("march"))

    assert "asks for 2; phase 1 of 2: talk; observed: march +2.00" in run.last.explain


def test_another_phase_at_the_same_level_is_a_revision_of_its_message() -> None:
    run = HypothesisRun(in_phases()).take(observe("march"), observe("rockets", 1))

    first, second = run.alerts
    assert (second.id, second.revision) == (first.id, 2)
    assert second.explain.startswith("march was observed: ")
    assert "; phase 2 of 2: fire; observed: " in second.explain
    assert "phase 1" not in second.explain


def test_an_indicator_of_the_same_phase_is_no_revision() -> None:
    run = HypothesisRun(in_phases()).take(observe("march"), observe("leader", 1))

    assert len(run.alerts) == 1


def test_alerts_of_an_alternative_belong_to_both_hypotheses() -> None:
    run = HypothesisRun(in_phases(alternative_of="mdcoa")).take(observe("march"))

    assert run.last.hypotheses == ("mlcoa", "mdcoa")
