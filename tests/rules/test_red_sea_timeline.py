"""The second pack: its invented months at sea, and the alerts that they lead to."""

from pathlib import Path

import pytest

from schemas.alert import Alert
from schemas.event import Event
from services.matcher.domain.backtest.replay import Replay, replay
from services.matcher.domain.rules.matching import match_event
from services.matcher.domain.rules.rulebook import Rulebook
from tests.parts.hypothesis_moves import list_moves
from tests.parts.pack_timeline import Expected, read_events, read_expected, read_rulebook

PACK = Path(__file__).parents[2] / "rules" / "red-sea"
FEWEST_REPORTS, FEWEST_RULES = 60, 10


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return read_rulebook(PACK)


@pytest.fixture(scope="module")
def timeline() -> list[Event]:
    return read_events(PACK)


@pytest.fixture(scope="module")
def backtest(rulebook: Rulebook, timeline: list[Event]) -> Replay:
    return replay(rulebook, timeline)


@pytest.fixture(scope="module")
def final(backtest: Replay) -> tuple[Alert, ...]:
    return backtest.final


@pytest.fixture(scope="module")
def expected() -> Expected:
    return read_expected(PACK)


def test_it_is_as_large_as_a_pack_at_work(rulebook: Rulebook, timeline: list[Event]) -> None:
    alerting = [rule for rule in rulebook.windows.values() if rule.announces]

    assert len(timeline) >= FEWEST_REPORTS
    assert len(alerting) >= FEWEST_RULES


def test_an_ordinary_report_matches_no_rule(rulebook: Rulebook, timeline: list[Event]) -> None:
    hits = [
        (event.id, match.rule.name)
        for event in timeline
        if event.id.startswith("ordinary-")
        for match in match_event(rulebook, event)
    ]

    assert hits == []


def test_the_rules_give_the_expected_alerts_and_no_others(
    final: tuple[Alert, ...], expected: Expected
) -> None:
    alerts = [
        {
            "rule": alert.rule.name,
            "level": alert.level.value,
            "starts_at": alert.starts_at,
            "value": alert.value,
            "evidence_count": alert.evidence_count,
        }
        for alert in final
        if "hypothesis" not in alert.group
    ]

    assert sorted(alerts, key=str) == sorted(expected["alerts"], key=str)


def test_the_hypothesis_moves_as_expected_and_not_otherwise(
    backtest: Replay, expected: Expected
) -> None:
    assert list_moves(backtest.alerts) == expected["levels"]


def test_people_read_the_words_of_reports(final: tuple[Alert, ...]) -> None:
    attack = next(alert for alert in final if alert.rule.name == "vessel_attacked")

    assert attack.summary.startswith("Tanker on fire off Aden – The crew of a tanker fought a fire")
