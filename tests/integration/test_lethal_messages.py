"""Messages that end workers are set aside at the third try; other deaths set none aside."""

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from schemas.alert import Alert
from schemas.crash import CRASH_KEY_PREFIX
from schemas.duty import MESSAGE_SET_ASIDE
from schemas.topics import ALERTS, RULES, SIGNALS
from services.matcher.domain.crashes.lethal import CRASHES_WORKER
from tests.integration.matcher_site import (
    ROCKETS,
    MatcherTopics,
    event,
    matcher,
    message,
    start_ready,
)
from tests.integration.matcher_worker import LETHAL, LethalPoint
from tests.parts.pipeline import write_pack
from tests.parts.processes import Service
from tests.parts.topics import TopicMessage
from tests.parts.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(400)]

STUCK_SECONDS = "2"
MEMORY_LIMIT = "700MB"
FROZEN_SECONDS = 12.0
"""Longer than a session, and than a loop may hang."""
STUCK, HUNGRY = "Stuckville", "Hungrytown"
KILLS = "VEDETTE_TEST_KILLS"
"""How many workers are killed; 20 in the long form."""
GUARDED = {
    "VEDETTE_STUCK_SECONDS": STUCK_SECONDS,
    "VEDETTE_MEMORY_LIMIT": MEMORY_LIMIT,
    # the next worker takes over the membership of the dead one at once
    "CONSUMER_GROUP_INSTANCE_ID": "one",
}


@contextmanager
def poisoned(
    matcher_topics: MatcherTopics, folder: Path, *points: LethalPoint
) -> Iterator[Service]:
    """A matcher, not started, for which these points are lethal."""
    write_pack(folder, ROCKETS % "24h")
    own = {LETHAL: msgspec.json.encode(points).decode()} if points else {}
    with matcher(matcher_topics, folder, **GUARDED, **own) as service:
        service.command = [sys.executable, "-m", "tests.integration.matcher_worker"]
        yield service


def run_until(service: Service, is_done: Callable[[], bool]) -> list[int]:
    """Start it as often as it ends by itself; the codes that it ended with."""
    codes: list[int] = []

    def supervise() -> bool:
        time.sleep(0.3)
        if not service.running:
            if service.process is not None:
                codes.append(service.wait())
            service.start()
        return is_done()

    until(supervise, "the messages are through", 300)
    return codes


def crash_records(matcher_topics: MatcherTopics) -> list[TopicMessage]:
    records = matcher_topics.read(RULES)
    return [record for record in records if (record.key or b"").startswith(CRASH_KEY_PREFIX)]


def are_cleared(matcher_topics: MatcherTopics) -> bool:
    newest = {record.key: record.value for record in crash_records(matcher_topics)}
    return bool(newest) and not any(newest.values())


def genuine(alerts: Sequence[Alert]) -> list[str]:
    return sorted(
        {f"{alert.group['place']} {alert.id}" for alert in alerts if "place" in alert.group}
    )


def set_aside(matcher_topics: MatcherTopics) -> list[tuple[str, str]]:
    """What refused dead letters, and why; copies of a message count once."""
    letters = (letter.headers for letter in matcher_topics.dead_letters)
    return sorted({(letter["where"].decode(), letter["reason"].decode()) for letter in letters})


def are_set_aside(matcher_topics: MatcherTopics, count: int) -> bool:
    """Whether so many places refused dead letters, all else is through, and no crash counts."""
    return (
        len(set_aside(matcher_topics)) == count
        and matcher_topics.is_drained()
        and are_cleared(matcher_topics)
    )


def test_a_message_that_hangs_and_one_that_takes_all_memory_are_set_aside_at_the_third_try(
    matcher_topics: MatcherTopics, tmp_path: Path
) -> None:
    points = (
        LethalPoint(matcher_topics.name(SIGNALS), STUCK, "stuck"),
        LethalPoint(matcher_topics.name(ALERTS), HUNGRY, "memory"),
    )
    places = ["Taji", STUCK, "Basra", HUNGRY, "Mosul"]
    matcher_topics.send(
        *(message(event(f"e-{place}", place=place), partition=1) for place in places)
    )

    with poisoned(matcher_topics, tmp_path, *points) as service:
        codes = run_until(service, lambda: are_set_aside(matcher_topics, 2))
        exported = service.metrics()

    alerts = matcher_topics.alerts
    duty = [alert for alert in alerts if alert.rule.name == MESSAGE_SET_ASIDE]
    assert codes == [1, 1, 1, 1]
    assert set_aside(matcher_topics) == [("correlate", CRASHES_WORKER), ("detect", CRASHES_WORKER)]
    assert [line.split()[0] for line in genuine(alerts)] == ["Basra", "Mosul", "Taji"]
    assert {alert.group["topic"] for alert in duty} == {
        matcher_topics.name("events"),
        matcher_topics.name("signals"),
    }
    assert 'vedette_matcher_set_aside_total{where="correlate"}' in exported
    assert 'reason="memory"' in exported


def test_of_a_batch_only_the_item_that_ends_workers_is_set_aside(
    matcher_topics: MatcherTopics, tmp_path: Path
) -> None:
    point = LethalPoint(matcher_topics.name(SIGNALS), STUCK, "stuck")
    batch = [event(f"e-{place}", place=place) for place in ("Taji", STUCK, "Mosul")]
    matcher_topics.send(message(batch, partition=2))

    with poisoned(matcher_topics, tmp_path, point) as service:
        codes = run_until(
            service,
            lambda: len(matcher_topics.dead_letters) == 1 and matcher_topics.is_drained(),
        )
    (letter,) = matcher_topics.dead_letters

    assert codes == [1, 1]
    assert STUCK.encode() in (letter.value or b"")
    assert b"Taji" not in (letter.value or b"")
    assert [line.split()[0] for line in genuine(matcher_topics.alerts)] == ["Mosul", "Taji"]


@pytest.mark.timeout(900)
def test_innocent_messages_of_workers_that_are_killed_are_never_set_aside(
    matcher_topics: MatcherTopics, tmp_path: Path
) -> None:
    kills = int(os.environ.get(KILLS, "5"))
    with poisoned(matcher_topics, tmp_path) as service:
        for number in range(kills):
            start_ready(service)
            matcher_topics.send(
                *(message(event(f"e-{number}-{n}", place=f"P{number}-{n}")) for n in range(200))
            )
            before = len(matcher_topics.alerts)
            until(lambda: len(matcher_topics.alerts) > before, "some are processed")  # noqa: B023
            service.kill()
        start_ready(service)
        matcher_topics.wait_until_drained()

    assert crash_records(matcher_topics) == []
    assert set_aside(matcher_topics) == []
    assert len(genuine(matcher_topics.alerts)) == kills * 200


def test_a_stop_in_order_and_a_lost_session_name_nothing(
    matcher_topics: MatcherTopics, tmp_path: Path
) -> None:
    places = [f"P{n}" for n in range(400)]
    with poisoned(matcher_topics, tmp_path) as service:
        start_ready(service)
        matcher_topics.send(*(message(event(f"e-{place}", place=place)) for place in places))
        until(lambda: matcher_topics.alerts, "some are processed")
        stopped = service.terminate()
        start_ready(service)
        matcher_topics.send(*(message(event(f"f-{place}", place=place)) for place in places))
        service.freeze()
        time.sleep(FROZEN_SECONDS)
        service.thaw()
        lost = service.wait(30)
        start_ready(service)
        matcher_topics.wait_until_drained()

    assert (stopped, lost) == (0, 1)
    assert crash_records(matcher_topics) == []
    assert set_aside(matcher_topics) == []
    assert len(genuine(matcher_topics.alerts)) == len(places)
