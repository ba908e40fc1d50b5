"""A worker that was frozen past its session has pending writes, and sends none of them."""

import sys
import time
from pathlib import Path

import pytest

from schemas.topics import ALERTS, DEAD_LETTERS, EVENTS, SIGNALS
from services.matcher.adapters.state.changelog import changelog_name
from tests.integration.matcher_site import (
    ROCKETS,
    MatcherTopics,
    event,
    matcher,
    message,
    start_ready,
)
from tests.integration.matcher_worker import LATE
from tests.parts.pipeline import write_pack
from tests.parts.processes import Service
from tests.parts.topics import TopicMessage, read_all
from tests.parts.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]

STOPPED_SECONDS = 20.0
LATE_SECONDS = 3
# Faust's own setting: messages wait in aiokafka's batches for so many seconds
HOLDING = {"PRODUCER_LINGER": "8", "VEDETTE_TICK_SECONDS": "1", LATE: str(LATE_SECONDS)}


def test_a_worker_that_wakes_up_after_its_session_sends_nothing_and_exits(
    matcher_topics: MatcherTopics, tmp_path: Path
) -> None:
    write_pack(tmp_path, ROCKETS % "24h")
    with (
        matcher(matcher_topics, tmp_path, **HOLDING) as sleeper,
        matcher(matcher_topics, tmp_path) as successor,
        matcher(matcher_topics, tmp_path) as third,
    ):
        _freeze_with_pending_writes(matcher_topics, sleeper)
        until_awake = time.monotonic() + STOPPED_SECONDS
        _take_over(matcher_topics, successor)
        time.sleep(max(0.0, until_awake - time.monotonic()))
        before = _count_messages(matcher_topics)

        sleeper.thaw()
        code = sleeper.wait(30)
        assert _count_messages(matcher_topics) == before
        assert matcher_topics.is_drained()
        successor.kill()
        start_ready(third)
        matcher_topics.send(message(event("e-3")))
        alerts = matcher_topics.wait_alerts(3)

    assert code == 1
    assert "the session is over" in sleeper.text()
    assert [(alert.revision, alert.evidence_count) for alert in alerts] == [(1, 1), (2, 2), (3, 3)]
    assert len({alert.id for alert in alerts}) == 1
    assert [letter.value for letter in matcher_topics.dead_letters] == [b"{nope"]


def _freeze_with_pending_writes(matcher_topics: MatcherTopics, sleeper: Service) -> None:
    """A window, an alert, ticks and a dead letter are written, and none is sent.

    After it wakes up, some seconds pass before it exits: the writes would be sent by then.
    """
    sleeper.command = [sys.executable, "-m", "tests.integration.matcher_worker"]
    start_ready(sleeper)
    matcher_topics.send(message(event("e-1")))
    fired = 'rule="rocket_fire",status="firing"} 1.0'
    until(lambda: fired in sleeper.metrics(), "a window is written")
    matcher_topics.send(TopicMessage(b"{nope"))
    letter = 'vedette_dead_letters_total{place="detect",reason="malformed"} 1.0'
    until(lambda: letter in sleeper.metrics(), "a dead letter")
    sleeper.freeze()
    assert matcher_topics.alerts == []
    assert matcher_topics.dead_letters == []


def _take_over(matcher_topics: MatcherTopics, successor: Service) -> None:
    """Another worker sends the alert that is due, and that of one more event."""
    start_ready(successor)
    matcher_topics.wait_alerts(1)
    matcher_topics.send(message(event("e-2")))
    matcher_topics.wait_alerts(2)
    matcher_topics.wait_until_drained()


def _count_messages(matcher_topics: MatcherTopics) -> dict[str, int]:
    """The number of messages in each topic and the changelog."""
    names = [matcher_topics.name(topic) for topic in (EVENTS, SIGNALS, ALERTS, DEAD_LETTERS)]
    names.append(changelog_name(matcher_topics.group))
    return {name: len(read_all(matcher_topics.bootstrap, name)) for name in names}
