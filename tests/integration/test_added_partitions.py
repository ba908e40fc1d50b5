"""Partitions that are added to the events topic while a matcher runs."""

from contextlib import closing
from pathlib import Path

import pytest
from kafka import KafkaAdminClient

from schemas.topics import EVENTS
from tests.integration.matcher_site import (
    ROCKETS,
    MatcherTopics,
    event,
    matcher,
    message,
    start_ready,
)
from tests.parts.pipeline import write_pack

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]


def test_the_matcher_ends_with_the_reason_and_its_next_process_reads_them(
    matcher_topics: MatcherTopics, tmp_path: Path
) -> None:
    write_pack(tmp_path, ROCKETS % "24h")
    topic = matcher_topics.name(EVENTS)
    with matcher(matcher_topics, tmp_path) as service:
        start_ready(service)
        matcher_topics.send(message(event("e-1"), partition=2))
        matcher_topics.wait_alerts(1)
        with closing(KafkaAdminClient(bootstrap_servers=matcher_topics.bootstrap)) as admin:
            admin.create_partitions({topic: 6})

        assert service.wait() == 1
        assert f"topic {topic} has 6 partitions now, and had 4 at the start" in service.text()

        start_ready(service)
        matcher_topics.send(message(event("e-2", place="Basra"), partition=5))
        matcher_topics.wait_alerts(2)
        matcher_topics.wait_until_drained()

    assert {alert.group["place"] for alert in matcher_topics.alerts} == {"Taji", "Basra"}
