"""Partitions that are added to the events or the signals topic while a matcher runs."""

import subprocess
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest
from kafka import KafkaAdminClient

from schemas.topics import EVENTS, SIGNALS
from tests.integration.matcher_site import (
    ROCKETS,
    MatcherTopics,
    event,
    matcher,
    message,
    start_ready,
)
from tests.parts.command import run_vedette
from tests.parts.pipeline import write_pack
from tests.parts.rocket_rules import ROCKETS_ON_ONE_PLACE
from tests.parts.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]

PLACES = tuple(f"Place {number}" for number in range(8))
SECONDS = 90.0


def test_partitions_of_events_are_read_by_the_same_process(
    matcher_topics: MatcherTopics, tmp_path: Path
) -> None:
    write_pack(tmp_path, ROCKETS % "24h")
    topic = matcher_topics.name(EVENTS)
    with matcher(matcher_topics, tmp_path) as service:
        start_ready(service)
        matcher_topics.send(message(event("e-1"), partition=2))
        matcher_topics.wait_alerts(1)
        _grow(matcher_topics, EVENTS, 6)

        matcher_topics.send(message(event("e-2", place="Basra"), partition=5))
        matcher_topics.wait_alerts(2, SECONDS)
        matcher_topics.wait_until_drained(SECONDS)

        assert service.running
    assert f"topic {topic} has 6 partitions now, and had 4 at the start" in service.text()
    assert {alert.group["place"] for alert in matcher_topics.alerts} == {"Taji", "Basra"}


def test_windows_move_to_the_partitions_that_the_signals_topic_has(
    matcher_topics: MatcherTopics, tmp_path: Path
) -> None:
    write_pack(tmp_path, ROCKETS_ON_ONE_PLACE % 3)
    with matcher(matcher_topics, tmp_path) as service:
        start_ready(service)
        for round_ in ("a", "b"):
            _send(matcher_topics, round_, PLACES)
        _send(matcher_topics, "c", PLACES[:1])
        [fired] = matcher_topics.wait_alerts(1, SECONDS)
        matcher_topics.wait_until_drained(SECONDS)
        _grow(matcher_topics, SIGNALS, 7)
        until(lambda: "move-windows" in service.readiness(), "readyz names the command", SECONDS)
        _send(matcher_topics, "d", PLACES)
        until(lambda: _move(matcher_topics).returncode == 0, "the windows are moved", SECONDS)

        matcher_topics.wait_alerts(1 + len(PLACES), SECONDS)
        until(lambda: matcher_topics.values[PLACES[0]] == 4, "its alert goes on", SECONDS)
        service.wait_ready()

    assert matcher_topics.values == dict.fromkeys(PLACES, 3) | {PLACES[0]: 4}
    assert {a.id for a in matcher_topics.alerts_of(PLACES[0])} == {fired.id}
    assert matcher_topics.dead_letters == []
    assert "nothing to move" in _move(matcher_topics).stderr


def _grow(matcher_topics: MatcherTopics, topic: str, count: int) -> None:
    with closing(KafkaAdminClient(bootstrap_servers=matcher_topics.bootstrap)) as admin:
        admin.create_partitions({matcher_topics.name(topic): count})


def _send(matcher_topics: MatcherTopics, round_: str, places: Iterable[str]) -> None:
    matcher_topics.send(*(message(event(f"{place}-{round_}", place=place)) for place in places))


def _move(matcher_topics: MatcherTopics) -> subprocess.CompletedProcess[str]:
    return run_vedette(matcher_topics.variables, "topics", "move-windows")
