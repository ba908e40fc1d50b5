"""The timeline of the founding case: its reports, and the alerts that it leads to."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from schemas.alert import Alert, Level
from schemas.event import Event
from schemas.model import Document, Instant
from services.matcher.domain.backtest.replay import Replay, replay
from services.matcher.domain.rules.matching import match_event
from services.matcher.domain.rules.rulebook import Rulebook
from tests.parts.hypothesis_moves import list_moves
from tests.parts.pack_timeline import read_bodies, read_events, read_expected, read_rulebook

PACK = Path(__file__).parents[2] / "rules" / "iraq-2020"
LAST_DAY_OF_THE_CASE = datetime(2020, 1, 24, 23, 59, 59, tzinfo=UTC)
MOST_INVENTED = 6


class TimelineAlert(Document):
    """One line of `timeline.expected.yaml`; what is None is not compared."""

    rule: str
    level: Level
    starts_at: Instant
    group: dict[str, str] | None = None
    value: float | None = None
    evidence_count: int | None = None
    late: bool | None = None

    def describes(self, alert: Alert) -> bool:
        """Whether the alert has every value of this line."""
        values = {**alert.model_dump(), "rule": alert.rule.name}
        line = self.model_dump(exclude_none=True)
        return all(values[name] == expected for name, expected in line.items())


def of_rules(alerts: Iterable[Alert]) -> tuple[Alert, ...]:
    """The alerts of rules, without those of hypotheses."""
    return tuple(alert for alert in alerts if "hypothesis" not in alert.group)


def kind(event: Event) -> str:
    """The kind of an event: the first part of its id."""
    return event.id.partition("-")[0]


@pytest.fixture(scope="module")
def bodies() -> list[dict[str, Any]]:
    return read_bodies(PACK)


@pytest.fixture(scope="module")
def timeline() -> list[Event]:
    return read_events(PACK)


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return read_rulebook(PACK)


@pytest.fixture(scope="module")
def backtest(rulebook: Rulebook, timeline: list[Event]) -> Replay:
    return replay(rulebook, timeline)


@pytest.fixture(scope="module")
def expected() -> list[TimelineAlert]:
    return [TimelineAlert.model_validate(line) for line in read_expected(PACK)["alerts"]]


def test_every_line_has_source_and_times(bodies: list[dict[str, Any]]) -> None:
    needed = {"id", "source", "occurred_at", "recorded_at"}

    lacking = [body for body in bodies if not needed <= body.keys()]

    assert not lacking


def test_no_two_reports_have_one_identity(timeline: list[Event]) -> None:
    identities = Counter(event.identity for event in timeline)

    assert max(identities.values()) == 1


def test_reports_come_in_the_order_in_which_they_were_recorded(timeline: list[Event]) -> None:
    recorded = [event.recorded_at for event in timeline if event.recorded_at]

    assert len(recorded) == len(timeline)
    assert recorded == sorted(recorded)


def test_about_forty_reports_of_the_case_are_among_about_forty_others(
    timeline: list[Event],
) -> None:
    kinds = Counter(map(kind, timeline))

    assert kinds.keys() == {"case", "record", "invented", "ordinary"}
    assert kinds["case"] + kinds["record"] in range(35, 51)
    assert kinds["ordinary"] in range(35, 51)
    assert kinds["invented"] <= MOST_INVENTED


def test_invented_reports_are_marked_and_date_after_the_case(timeline: list[Event]) -> None:
    marked = [event for event in timeline if event.attributes.get("invented") == "true"]

    assert [kind(event) for event in marked] == ["invented"] * MOST_INVENTED
    assert all(event.occurred_at > LAST_DAY_OF_THE_CASE for event in marked)


def test_reports_of_the_case_date_within_it(timeline: list[Event]) -> None:
    recorded = [event for event in timeline if kind(event) in {"case", "record"}]

    assert all(event.occurred_at <= LAST_DAY_OF_THE_CASE for event in recorded)


def test_some_stories_have_two_outlets_and_some_reports_are_arabic(timeline: list[Event]) -> None:
    outlets: dict[str, set[str]] = {}
    for event in timeline:
        outlets.setdefault(event.cluster, set()).add(event.source)

    shared = [story for story, sources in outlets.items() if len(sources) > 1]

    assert {"airport-strike-2020-01-03", "expulsion-vote-2020-01-05"} <= set(shared)
    assert sum(event.language == "ar" for event in timeline) > MOST_INVENTED


def test_an_ordinary_report_matches_no_rule(rulebook: Rulebook, timeline: list[Event]) -> None:
    hits = [
        (event.id, match.rule.name)
        for event in timeline
        if kind(event) == "ordinary"
        for match in match_event(rulebook, event)
    ]

    assert hits == []


def test_the_warning_update_itself_matches_no_rule(
    rulebook: Rulebook, timeline: list[Event]
) -> None:
    update = next(event for event in timeline if event.id == "case-30")

    assert [match.rule.name for match in match_event(rulebook, update)] == []


def test_the_backtest_gives_the_expected_alerts_and_no_others(
    backtest: Replay, expected: list[TimelineAlert]
) -> None:
    missing, unexpected = compare(expected, of_rules(backtest.final))

    assert missing == []
    assert unexpected == []


def test_the_hypotheses_move_as_expected_and_not_otherwise(backtest: Replay) -> None:
    assert list_moves(backtest.alerts) == read_expected(PACK)["levels"]


def test_a_hypothesis_is_one_alert_and_names_each_report_once(backtest: Replay) -> None:
    [course] = [alert for alert in backtest.final if alert.rule.name == "mdcoa-1"]

    reports = [(report.source, report.event_id) for report in course.evidence]

    assert len(reports) == len(set(reports))


def test_an_alert_names_the_hypotheses_that_list_its_rule(backtest: Replay) -> None:
    march = next(alert for alert in backtest.final if alert.rule.name == "joint_march")

    assert march.hypotheses == ("mlcoa", "mdcoa-1")


def compare(
    expected: list[TimelineAlert], alerts: tuple[Alert, ...]
) -> tuple[list[TimelineAlert], list[str]]:
    """Expected alerts that are missing, and alerts that are not expected."""
    left = list(alerts)
    missing = []
    for line in expected:
        alert = next((alert for alert in left if line.describes(alert)), None)
        if alert is None:
            missing.append(line)
        else:
            left.remove(alert)
    return missing, list(map(describe, left))


def describe(alert: Alert) -> str:
    return f"{alert.rule.name} {alert.level} {alert.starts_at.isoformat()} {alert.group}"


@pytest.mark.parametrize("rule", ["joint_march", "leader_appointed", "common_name"])
def test_each_tripwire_alerts_once(backtest: Replay, rule: str) -> None:
    alerts = [alert for alert in backtest.final if alert.rule.name == rule]

    assert len(alerts) == 1


def test_the_march_is_announced_when_the_third_group_endorses_it(
    backtest: Replay, timeline: list[Event]
) -> None:
    nujaba = next(event for event in timeline if event.id == "case-20")

    first = next(alert for alert in backtest.alerts if alert.rule.name == "joint_march")

    assert first.starts_at == nujaba.occurred_at
    assert first.detected_at == nujaba.recorded_at
    assert "3 proxies" in first.summary


def test_every_alert_has_an_action_and_no_broken_template(backtest: Replay) -> None:
    silent = [alert.rule.name for alert in backtest.final if not alert.action]
    broken = [text for text in texts(backtest) if "cannot be rendered" in text or "{{" in text]

    assert silent == []
    assert broken == []


def texts(backtest: Replay) -> Iterator[str]:
    for alert in backtest.final:
        yield alert.summary
        yield alert.action or ""
