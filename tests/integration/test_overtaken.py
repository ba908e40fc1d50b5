"""Retention that deletes messages before a stopped matcher has read them."""

from pathlib import Path

import pytest

from schemas.topics import EVENTS
from tests.integration.matcher_site import (
    ROCKETS,
    MatcherTopics,
    event,
    matcher,
    message,
    start_ready,
)
from tests.parts import topics as parts
from tests.parts.pipeline import write_pack

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]


def test_what_is_lost_is_in_the_log_and_a_metric_and_what_follows_is_processed(
    matcher_topics: MatcherTopics, tmp_path: Path
) -> None:
    write_pack(tmp_path, ROCKETS % "24h")
    with matcher(matcher_topics, tmp_path) as service:
        start_ready(service)
        matcher_topics.send(message(event("e-1"), partition=2))
        matcher_topics.wait_alerts(1)
        matcher_topics.wait_until_drained()
        service.terminate()
        matcher_topics.send(*(message(event(f"lost-{n}"), partition=2) for n in range(5)))
        parts.empty(matcher_topics.bootstrap, matcher_topics.name(EVENTS))
        start_ready(service)
        matcher_topics.send(message(event("e-2", place="Basra"), partition=2))
        matcher_topics.wait_alerts(2)
        matcher_topics.wait_until_drained()
        exported, log = service.metrics(), service.text()

    topic = matcher_topics.name(EVENTS)
    line = f'vedette_matcher_overtaken_messages_total{{partition="2",topic="{topic}"}} 5.0'
    assert line in exported
    assert "messages were deleted before they were processed" in log
    assert {alert.group["place"] for alert in matcher_topics.alerts} == {"Taji", "Basra"}
