"""From one report over HTTP to a Slack message and a page, on real Kafka and Redis."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from schemas.topics import DEAD_LETTERS, topic_name
from tests.parts.leader_rule import LEADER_APPOINTED
from tests.parts.pipeline import Pipeline, write_pack
from tests.parts.rocket_rules import ROCKETS_ON_ONE_PLACE
from tests.parts.topics import read_all
from tests.parts.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]

RESOLVES = "resolve_after: 3s\n"


@pytest.fixture
def pipeline(servers: dict[str, str], tmp_path: Path) -> Iterator[Pipeline]:
    write_pack(tmp_path, LEADER_APPOINTED + RESOLVES, ROCKETS_ON_ONE_PLACE % 5)
    with Pipeline(servers, tmp_path) as running:
        yield running


def appointment(**changes: Any) -> dict[str, Any]:
    return {"id": "a-1", "title": "Council appoints a leader"} | changes


def rocket(number: int, place: str) -> dict[str, Any]:
    at = datetime.now(UTC) - timedelta(minutes=5)
    return {
        "id": f"{place}-{number}",
        "text": f"Rockets fell on {place}",
        "place": place,
        "occurred_at": at.isoformat(),
    }


def noise(number: int) -> dict[str, Any]:
    return {"id": f"noise-{number}", "text": f"The market opened, as on day {number}"}


def test_a_report_becomes_a_message_and_a_page_and_both_resolve(pipeline: Pipeline) -> None:
    answer = pipeline.post(appointment())

    assert answer.status_code == 202
    until(lambda: pipeline.slack.messages, "a message in Slack")
    message = pipeline.slack.messages[0]
    assert "A leader is named" in message.words
    assert "B6" in message.words
    until(lambda: pipeline.pager.incidents, "a page")
    assert pipeline.pager.incidents[0].dedup_key == message.alert
    assert pipeline.pager.incidents[0].severity == "critical"

    until(lambda: pipeline.pager.incidents[0].status == "resolved", "the page resolves")
    until(lambda: "resolved" in pipeline.slack.messages[0].words.lower(), "the message resolves")
    assert len(pipeline.slack.messages) == 1
    assert len(pipeline.pager.incidents) == 1


def test_bad_input_is_refused_and_nothing_else_is_lost(
    pipeline: Pipeline, kafka: str, topics: str
) -> None:
    malformed = pipeline.send(b'{"title": ', "application/json")
    oversized = pipeline.send(b'{"title": "' + b"a" * 2**20 + b'"}', "application/json")
    unknown = pipeline.send(b'{"title": "x"}', "application/json", bearer="nobody")
    mixed = pipeline.post({"id": "no-words"}, appointment(id="a-2"), {"id": "b", "title": 7})

    assert (malformed.status_code, oversized.status_code) == (400, 413)
    assert unknown.status_code == 401
    assert [result["status"] for result in mixed.json()["results"]] == [
        "refused",
        "accepted",
        "refused",
    ]
    until(lambda: len(pipeline.slack.messages) == 1, "the good one of the three arrives")
    assert read_all(kafka, topic_name(topics, DEAD_LETTERS)) == []


def test_ten_thousand_events_and_two_kills_give_every_alert_exactly_once(
    pipeline: Pipeline,
) -> None:
    places = [f"camp-{number}" for number in range(60)]
    leaders = [appointment(id=f"leader-{number}") for number in range(30)]
    rockets = [rocket(number, place) for number in range(5) for place in places]
    events = [noise(number) for number in range(10_000 - len(leaders) - len(rockets))]
    for position, event in enumerate([*rockets, *leaders]):
        events.insert(position * 29, event)
    expected = len(places) + len(leaders)

    for start in range(0, len(events), 200):
        assert pipeline.post(*events[start : start + 200]).status_code == 202
        if start in (3_000, 7_000):
            pipeline.matcher.kill()
            pipeline.matcher.start()
    pipeline.matcher.wait_ready()

    def is_complete() -> bool:
        return len({message.alert for message in pipeline.slack.messages}) >= expected

    until(is_complete, f"{expected} alerts at Slack", timeout=120)
    alerts = [message.alert for message in pipeline.slack.messages]
    assert len(alerts) == len(set(alerts)) == expected
    assert len(pipeline.pager.incidents) == len(leaders)
