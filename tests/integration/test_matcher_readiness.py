"""When the matcher is ready, on real Kafka, and why it is not or ends at once."""

import sys
from pathlib import Path

import httpx
import pytest

from tests.integration.matcher_site import (
    ROCKETS,
    MatcherTopics,
    event,
    matcher,
    message,
    start_ready,
)
from tests.integration.matcher_worker import PAUSE, PAUSED
from tests.parts import topics as topic_parts
from tests.parts.kafka import KafkaNode
from tests.parts.pipeline import write_pack
from tests.parts.processes import Service
from tests.parts.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]

BROKEN = """
title: Nothing holds this
name: broken
logsource: {category: report}
detection:
  some: {no_such_field: x}
  condition: some and none
"""


def readyz(service: Service) -> httpx.Response:
    return httpx.get(f"{service.admin_url}/readyz", timeout=5)


def test_readyz_says_whether_kafka_answers(
    own_kafka: KafkaNode, topic_prefix: str, pack: Path
) -> None:
    matcher_topics = MatcherTopics(
        own_kafka.bootstrap, topic_parts.create(own_kafka.bootstrap, topic_prefix)
    )
    own_kafka.stop()
    with matcher(matcher_topics, pack) as service:
        service.start()
        until(lambda: _is_alive(service), "it is alive")
        without_kafka = readyz(service)
        own_kafka.start()
        service.wait_ready()
        own_kafka.kill()
        until(lambda: not service.ready(), "it notices that Kafka is down")
        down = readyz(service)
        own_kafka.start()
        matcher_topics.send(message(event("e-1")))
        until(
            lambda: _restart_if_ended(service).running and matcher_topics.alerts, "it goes on", 90.0
        )
        service.wait_ready()

    assert without_kafka.status_code == 503
    assert down.status_code == 503
    assert "kafka" in down.json()["faults"]


def _restart_if_ended(service: Service) -> Service:
    """Restart it if it has ended, as it does when Kafka no longer knows it as a member."""
    return service if service.running else service.start()


def test_it_is_not_ready_before_its_windows_are_recovered(
    matcher_topics: MatcherTopics, pack: Path
) -> None:
    with matcher(matcher_topics, pack) as service:
        start_ready(service)
        matcher_topics.send(message(event("e-1")))
        matcher_topics.wait_until_drained()
    with matcher(matcher_topics, pack, **{PAUSE: "3"}) as service:
        service.command = [sys.executable, "-m", "tests.integration.matcher_worker"]
        service.start()
        until(lambda: PAUSED in service.text(), "it has its partitions")
        recovering = readyz(service)
        service.wait_ready()
        matcher_topics.send(message(event("e-2")))
        alerts = matcher_topics.wait_alerts(2)

    assert recovering.status_code == 503
    assert "recovering" in recovering.json()["faults"]["group"]
    assert [(alert.revision, alert.evidence_count) for alert in alerts] == [(1, 1), (2, 2)]


def _is_alive(service: Service) -> bool:
    service.check()
    try:
        return httpx.get(f"{service.admin_url}/healthz", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def test_a_faulty_rule_file_is_named_and_stops_no_good_one(
    matcher_topics: MatcherTopics, tmp_path: Path
) -> None:
    write_pack(tmp_path, ROCKETS % "24h", BROKEN)
    with matcher(matcher_topics, tmp_path) as service:
        start_ready(service)

        answer = readyz(service)

    assert answer.status_code == 200
    assert "rule_1.yaml" in answer.json()["notes"]["rules"]
    assert "rule_1.yaml" in service.text()


def test_without_any_usable_rule_it_refuses_to_start(
    matcher_topics: MatcherTopics, tmp_path: Path
) -> None:
    write_pack(tmp_path, BROKEN)
    with matcher(matcher_topics, tmp_path) as service:
        code = service.start().wait(60)

    assert code == 2
    assert "no usable rule" in service.text()
    assert "rule_1.yaml" not in service.text()
    assert "rule_0.yaml" in service.text()


def test_an_invalid_environment_is_refused_in_one_line(
    matcher_topics: MatcherTopics, pack: Path
) -> None:
    with matcher(matcher_topics, pack, VEDETTE_CLOCK="sundial", VEDETTE_NONSENSE="1") as service:
        code = service.start().wait(60)

    assert code == 2
    (line,) = service.text().splitlines()
    assert "VEDETTE_CLOCK" in line
    assert "VEDETTE_NONSENSE" in line


def test_a_missing_topic_is_named_and_waited_for(kafka: str, topic_prefix: str, pack: Path) -> None:
    with matcher(MatcherTopics(kafka, topic_prefix), pack) as service:
        service.start()
        until(lambda: _is_alive(service) and _is_waiting(service), "it waits")
        missing = readyz(service)
        topic_parts.create(kafka, topic_prefix)
        service.wait_ready()

    assert missing.status_code == 503
    reason = f"topic {topic_prefix}events is missing: create it with `vedette topics create`"
    assert missing.json()["faults"]["kafka"] == reason
    assert service.text().count(reason) == 1


def _is_waiting(service: Service) -> bool:
    return "waiting for Kafka" in service.text()
