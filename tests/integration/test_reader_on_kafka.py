"""The reader as a process: killed at every point it loses nothing, and counts nothing twice."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from schemas.signal import Signal
from schemas.topics import EVENTS, SIGNALS
from tests.cli.meaning_pack import FIRE, TALK, write_meaning_pack
from tests.integration.matcher_site import MatcherTopics, event, matcher, message, start_ready
from tests.integration.matcher_worker import POINT, CrashPoint
from tests.matcher.tiny_onnx import write_model
from tests.parts.processes import Service
from tests.parts.topics import is_drained
from tests.parts.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]

POINTS = {
    "the-reader-has-read": CrashPoint("read", EVENTS, "", nth=2),
    "it-has-queued-a-signal": CrashPoint("queued", SIGNALS, "", nth=2),
    "its-signal-is-on-kafka": CrashPoint("acknowledged", SIGNALS, ""),
    "it-is-to-commit": CrashPoint("commit", SIGNALS, ""),
}
REPORTS = 3
# Faust's own setting: the next process takes over the membership of the dead one at once
SAME_MEMBER = {"CONSUMER_GROUP_INSTANCE_ID": "one"}


def variables(site: MatcherTopics, folder: Path) -> dict[str, str]:
    return {
        "VEDETTE_KAFKA_BOOTSTRAP_SERVERS": site.bootstrap,
        "VEDETTE_TOPIC_PREFIX": site.prefix,
        "VEDETTE_RULES_DIR": str(folder / "fire"),
        "VEDETTE_READER_MODEL": str(folder / "model"),
        "VEDETTE_READER_CACHE": str(folder / "cache"),
    }


@contextmanager
def reader(site: MatcherTopics, folder: Path, **more: str) -> Iterator[Service]:
    """A reader, not started, on the pack `fire` in `folder`."""
    service = Service("matcher", variables(site, folder) | SAME_MEMBER | more, folder)
    service.command = [sys.executable, "-m", "tests.integration.matcher_worker", "reader"]
    try:
        yield service
    finally:
        service.kill()


def prepare(folder: Path) -> None:
    write_meaning_pack(folder)
    write_model(folder / "model", (*FIRE, *TALK))


def send(site: MatcherTopics, place: str) -> list[str]:
    names = [f"{place}-{number}" for number in range(REPORTS)]
    site.send(*(message(event(name, title=f"The base was struck, {name}")) for name in names))
    return names


def suspected(site: MatcherTopics) -> set[str]:
    signals = (Signal.model_validate_json(each.value or b"") for each in site.read(SIGNALS))
    return {signal.evidence.event_id for signal in signals if signal.suspected}


def is_through(site: MatcherTopics) -> bool:
    return is_drained(site.bootstrap, f"{site.prefix}reader", site.name(EVENTS))


def test_killed_at_every_point_it_loses_nothing_and_counts_nothing_twice(
    matcher_topics: MatcherTopics, tmp_path: Path
) -> None:
    prepare(tmp_path)
    sent = [
        name for place, at in POINTS.items() for name in kill(matcher_topics, tmp_path, place, at)
    ]

    with reader(matcher_topics, tmp_path) as last:
        start_ready(last)
        until(lambda: is_through(matcher_topics), "the reader has committed everything", 60)

    assert suspected(matcher_topics) == set(sent)
    assert matcher_topics.dead_letters == []
    with matcher(matcher_topics, tmp_path, VEDETTE_RULES_DIR=str(tmp_path / "fire")) as service:
        start_ready(service)
        until(lambda: matcher_topics.lag(SIGNALS) == 0, "the signals are counted", 60)
        alerts = matcher_topics.wait_alerts(len(sent))
    assert sorted(alert.evidence[0].event_id for alert in alerts if alert.revision == 1) == sorted(
        sent
    )
    assert {alert.evidence_count for alert in alerts} == {1}


def kill(site: MatcherTopics, folder: Path, place: str, point: CrashPoint) -> list[str]:
    """Send some reports to a reader that is killed at `point`; returns their ids."""
    topic = {EVENTS: site.name(EVENTS), SIGNALS: site.name(SIGNALS)}[point.topic]
    here = msgspec.structs.replace(point, topic=topic, marker=place)
    with reader(site, folder, **{POINT: msgspec.json.encode(here).decode()}) as worker:
        worker.start()
        names = send(site, place)
        code = worker.wait(60)

    assert code == -9, f"{place}: {worker.tail()}"
    return names


def test_sigterm_finishes_and_commits(matcher_topics: MatcherTopics, tmp_path: Path) -> None:
    prepare(tmp_path)
    with reader(matcher_topics, tmp_path) as service:
        start_ready(service)
        sent = send(matcher_topics, "one")
        until(lambda: suspected(matcher_topics), "a suspected signal", 60)
        metrics = service.metrics()
        code = service.terminate()

    assert code == 0
    assert suspected(matcher_topics) == set(sent)
    assert is_through(matcher_topics)
    assert "vedette_reader_heads 1.0" in metrics
    assert "vedette_reader_lag_seconds" in metrics
