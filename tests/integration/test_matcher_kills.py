"""The matcher is killed at every point of both stages: each alert is sent exactly once."""

import sys
from pathlib import Path

import msgspec
import pytest

from schemas.topics import ALERTS, EVENTS, SIGNALS
from services.matcher.adapters.state.changelog import changelog_name
from tests.integration.matcher_site import (
    ROCKETS,
    MatcherTopics,
    event,
    matcher,
    message,
    start_ready,
)
from tests.integration.matcher_worker import POINT, CrashPoint
from tests.integration.notifier_site import NotifierSite
from tests.parts.pipeline import write_pack
from tests.parts.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]

CHANGELOG = "changelog"
POINTS = {
    "detect-has-read": CrashPoint("read", EVENTS, "", nth=2),
    "detect-has-queued-a-signal": CrashPoint("queued", SIGNALS, "", nth=2),
    "detect-has-its-signal-on-kafka": CrashPoint("acknowledged", SIGNALS, ""),
    "detect-is-to-commit": CrashPoint("commit", SIGNALS, ""),
    "correlate-has-read": CrashPoint("read", SIGNALS, "", nth=2),
    "correlate-has-written-its-state": CrashPoint("written", CHANGELOG, ""),
    "the-state-is-kept-and-the-alert-is-lost": CrashPoint(
        "acknowledged", CHANGELOG, "", withheld=ALERTS
    ),
    "correlate-has-queued-an-alert": CrashPoint("queued", ALERTS, ""),
    "the-alert-is-kept-and-the-state-is-lost": CrashPoint(
        "acknowledged", ALERTS, "", withheld=CHANGELOG
    ),
    "correlate-is-to-commit": CrashPoint("commit", ALERTS, ""),
}
HITS = 3
# Faust's own settings: the next worker takes over the membership of the dead one at once, without
# waiting for its session to end; and what is withheld fits into one batch
SAME_MEMBER = {"CONSUMER_GROUP_INSTANCE_ID": "one", "PRODUCER_MAX_BATCH_SIZE": "1000000"}


def test_killed_at_every_point_each_alert_is_sent_exactly_once(
    matcher_topics: MatcherTopics, site: NotifierSite, tmp_path: Path
) -> None:
    write_pack(tmp_path, (ROCKETS % "24h").replace("level: high", "level: critical"))
    site.notifier()
    for place, point in POINTS.items():
        _run_until_killed(matcher_topics, tmp_path, place, point)

    with matcher(matcher_topics, tmp_path, **SAME_MEMBER) as last:
        start_ready(last)
        matcher_topics.wait_until_drained()
        until(lambda: len(site.pager.incidents) >= len(POINTS), "every page", 60)
        until(site.committed, "the notifier is through")

    sent = [message.alert or "" for message in site.slack.messages]
    assert len(sent) == len(set(sent)) == len(POINTS)
    assert sorted(sent) == sorted(incident.dedup_key for incident in site.pager.incidents)
    for place in POINTS:
        alerts = matcher_topics.alerts_of(place)
        assert {alert.id for alert in alerts} <= set(sent), place
        assert (alerts[-1].revision, alerts[-1].evidence_count) == (HITS, HITS), place
    assert matcher_topics.dead_letters == []


def _run_until_killed(
    matcher_topics: MatcherTopics, folder: Path, place: str, point: CrashPoint
) -> None:
    """Send three reports of one place to a worker that is killed at `point`."""
    names = {CHANGELOG: changelog_name(matcher_topics.group)}
    names |= {topic: matcher_topics.name(topic) for topic in (EVENTS, SIGNALS, ALERTS)}
    withheld = names[point.withheld] if point.withheld else None
    here = msgspec.structs.replace(point, topic=names[point.topic], marker=place, withheld=withheld)
    variables = {POINT: msgspec.json.encode(here).decode()}
    with matcher(matcher_topics, folder, **SAME_MEMBER, **variables) as worker:
        worker.command = [sys.executable, "-m", "tests.integration.matcher_worker"]
        worker.start()
        matcher_topics.send(*(message(event(f"{place}-{n}", place=place)) for n in range(HITS)))
        code = worker.wait(60)

    assert code == -9, f"{place}: {worker.tail()}"
