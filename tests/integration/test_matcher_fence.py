"""A worker that was stopped past its session wakes up with writes in hand, and sends none."""

import sys
import time
from pathlib import Path

import pytest

from schemas.topics import ALERTS, DEAD_LETTERS, EVENTS, SIGNALS
from services.matcher.adapters.state.table import changelog_name
from tests.integration.matcher_site import ROCKETS, Matched, event, matcher, message, started
from tests.integration.matcher_worker import LATE
from tests.parts.pipeline import write_pack
from tests.parts.processes import Service
from tests.parts.topics import TopicMessage, read_all
from tests.parts.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]

STOPPED_SECONDS = 20.0
LATE_SECONDS = 3
# Faust's own setting: whatever is sent waits in aiokafka's batches for so many seconds
HOLDING = {"PRODUCER_LINGER": "8", "VEDETTE_TICK_SECONDS": "1", LATE: str(LATE_SECONDS)}


def test_a_worker_that_wakes_up_after_its_session_sends_nothing_and_exits(
    matched: Matched, tmp_path: Path
) -> None:
    write_pack(tmp_path, ROCKETS % "24h")
    with (
        matcher(matched, tmp_path, **HOLDING) as sleeper,
        matcher(matched, tmp_path) as successor,
        matcher(matched, tmp_path) as third,
    ):
        _stopped_with_writes_in_hand(matched, sleeper)
        until_awake = time.monotonic() + STOPPED_SECONDS
        started(successor)
        matched.wait_alerts(1)
        matched.send(message(event("e-2")))
        matched.wait_alerts(2)
        matched.wait_drained()
        time.sleep(max(0.0, until_awake - time.monotonic()))
        before = _messages(matched)

        sleeper.thaw()
        code = sleeper.wait(30)
        assert _messages(matched) == before
        assert matched.drained()
        successor.kill()
        started(third)
        matched.send(message(event("e-3")))
        alerts = matched.wait_alerts(3)

    assert code == 1
    assert "the session is over" in sleeper.text()
    assert [(one.revision, one.evidence_count) for one in alerts] == [(1, 1), (2, 2), (3, 3)]
    assert len({alert.id for alert in alerts}) == 1
    assert [one.value for one in matched.buried] == [b"{nope"]


def _stopped_with_writes_in_hand(matched: Matched, sleeper: Service) -> None:
    """A window, an alert, ticks and a dead letter are written, and none is sent.

    When it wakes up it has a while before it acts on its loss: the writes are due by then.
    """
    sleeper.command = [sys.executable, "-m", "tests.integration.matcher_worker"]
    started(sleeper)
    matched.send(message(event("e-1")))
    until(lambda: "vedette_matcher_alerts_total{" in sleeper.metrics(), "a window is written")
    matched.send(TopicMessage(b"{nope"))
    until(lambda: "vedette_matcher_dead_letters_total{" in sleeper.metrics(), "a dead letter")
    sleeper.freeze()
    assert matched.alerts == []
    assert matched.buried == []


def _messages(matched: Matched) -> dict[str, int]:
    """How many stand in each topic, the changelog too."""
    names = [matched.name(topic) for topic in (EVENTS, SIGNALS, ALERTS, DEAD_LETTERS)]
    names.append(changelog_name(matched.group))
    return {name: len(read_all(matched.bootstrap, name)) for name in names}
