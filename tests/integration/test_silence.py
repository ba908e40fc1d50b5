"""A silent source and the watchdog: from ingest to Slack, a metric and a heartbeat service."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from schemas.alert import Alert, Status
from schemas.duty import SOURCE_SILENT, is_watchdog
from schemas.topics import ALERTS, DEAD_LETTERS, LEDGER
from tests.parts.pipeline import Pipeline, write_pack
from tests.parts.topics import read_all
from tests.parts.waiting import until
from tests.standins.heartbeat import HeartbeatStandIn
from tests.standins.slack import channel_id
from tests.standins.slack_messages import PostedMessage

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]

LEADER = """
title: A leader is appointed
name: leader_appointed
logsource: {category: report}
detection: {named: {words|phrase: [appoint* leader ~3]}, condition: named}
level: high
"""
ROCKETS = """
title: Rocket fire
name: rocket_fire
logsource: {category: report}
detection: {rockets: {words|phrase: [rocket*]}, condition: rockets}
"""
PACK = """
title: Of the tests
owner: tests
sources: {wire: {every: 1s}}
"""
COURSES = """
hypotheses:
  - name: mlcoa
    title: Pressure
    indicators:
      - {rule: leader_appointed, weight: 2}
      - {rule: rocket_fire, weight: 2, sources: [wire]}
    levels: {watch: 1, elevated: 3, high: 5}
"""
PARTITIONS = 4
METRIC = re.compile(r'vedette_notifier_watchdog_timestamp_seconds\{partition="(\d)"\} ([\d.e+]+)')


@pytest.fixture
def heartbeat() -> Iterator[HeartbeatStandIn]:
    with HeartbeatStandIn() as service:
        yield service


@pytest.fixture
def pipeline(
    servers: dict[str, str], tmp_path: Path, heartbeat: HeartbeatStandIn
) -> Iterator[Pipeline]:
    pack = write_pack(tmp_path, LEADER, ROCKETS)
    (pack / "pack.yaml").write_text(PACK)
    (pack / "hypotheses.yaml").write_text(COURSES)
    environment = servers | {
        "VEDETTE_SLACK_CHANNEL": "#watch",
        "VEDETTE_SLACK_DUTY_CHANNEL": "#duty",
        "VEDETTE_WATCHDOG_SECONDS": "1",
        "VEDETTE_WATCHDOG_URL": f"{heartbeat.url}/vedette",
    }
    with Pipeline(environment, tmp_path) as running:
        yield running


def report(number: int, text: str) -> dict[str, str]:
    return {"id": f"r{number}", "source": "wire", "text": text}


def find_message(pipeline: Pipeline, channel: str, words: str) -> PostedMessage | None:
    """The first message in a channel that now shows these words."""
    messages = [
        message
        for message in pipeline.slack.messages
        if message.channel == channel_id(channel) and words in message.words
    ]
    return messages[0] if messages else None


def test_a_silent_source_and_the_watchdog_are_reported(
    pipeline: Pipeline, heartbeat: HeartbeatStandIn, kafka: str, topics: str
) -> None:
    pipeline.post(report(1, "They appoint a new leader.")).raise_for_status()
    until(lambda: find_message(pipeline, "watch", "watch · Pressure"), "the hypothesis is at watch")
    _see_the_source_go_silent(pipeline)
    _see_it_report_again(pipeline)

    _check_heartbeats(pipeline, heartbeat)
    _check_watchdogs_of_each_partition(pipeline, kafka, topics)
    assert read_all(kafka, topics + DEAD_LETTERS) == []


def _see_the_source_go_silent(pipeline: Pipeline) -> None:
    until(lambda: find_message(pipeline, "duty", "wire is silent"), "duty engineers get an alert")
    until(lambda: find_message(pipeline, "watch", "blind: rocket_fire"), "the indicator is blind")
    assert find_message(pipeline, "watch", "wire is silent") is None
    assert SOURCE_SILENT not in str(pipeline.pager.incidents)


def _see_it_report_again(pipeline: Pipeline) -> None:
    pipeline.post(report(2, "Nothing happens.")).raise_for_status()
    until(lambda: find_message(pipeline, "duty", "✅ RESOLVED"), "its end is shown")
    until(
        lambda: find_message(pipeline, "watch", "blind: rocket_fire") is None,
        "the indicator is no longer blind",
    )


def _check_heartbeats(pipeline: Pipeline, heartbeat: HeartbeatStandIn) -> None:
    arrivals = dict(METRIC.findall(pipeline.notifier.metrics()))
    now = datetime.now(UTC).timestamp()
    assert set(arrivals) == {str(partition) for partition in range(PARTITIONS)}
    assert all(now - float(sent) < 30 for sent in arrivals.values())
    assert [call.name for call in heartbeat.calls][:2] == ["vedette", "vedette"]


def _check_watchdogs_of_each_partition(pipeline: Pipeline, kafka: str, topics: str) -> None:
    """They fire, and go into no channel and no ledger."""
    alerts = [
        Alert.model_validate_json(message.value or b"")
        for message in read_all(kafka, topics + ALERTS)
    ]
    watchdogs = [alert for alert in alerts if is_watchdog(alert)]
    ids = {alert.id for alert in watchdogs}
    assert len(ids) == PARTITIONS
    assert {alert.status for alert in watchdogs} == {Status.FIRING}
    assert not any(ids & {message.alert} for message in pipeline.slack.messages)
    assert not any(
        identity in str(line.value) for line in read_all(kafka, topics + LEDGER) for identity in ids
    )
