"""The matcher is killed at every point of both stages: each alert is told, and told once."""

import sys
from pathlib import Path

import msgspec
import pytest

from schemas.topics import ALERTS, EVENTS, SIGNALS
from services.matcher.adapters.state.table import changelog_name
from tests.integration.matcher_site import ROCKETS, Matched, event, matcher, message, started
from tests.integration.matcher_worker import POINT, CrashPoint
from tests.integration.notifier_site import NotifierSite
from tests.parts.pipeline import write_pack
from tests.parts.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]

CHANGELOG = "changelog"
POINTS = {
    "detect-has-read": CrashPoint("read", EVENTS, "", nth=2),
    "detect-has-queued-a-signal": CrashPoint("queued", SIGNALS, "", nth=2),
    "detect-has-its-signal-on-kafka": CrashPoint("stands", SIGNALS, ""),
    "detect-is-to-commit": CrashPoint("commit", SIGNALS, ""),
    "correlate-has-read": CrashPoint("read", SIGNALS, "", nth=2),
    "correlate-has-written-its-state": CrashPoint("written", CHANGELOG, ""),
    "the-state-stands-and-the-alert-is-lost": CrashPoint("stands", CHANGELOG, "", withheld=ALERTS),
    "correlate-has-queued-an-alert": CrashPoint("queued", ALERTS, ""),
    "the-alert-stands-and-the-state-is-lost": CrashPoint("stands", ALERTS, "", withheld=CHANGELOG),
    "correlate-is-to-commit": CrashPoint("commit", ALERTS, ""),
}
HITS = 3
# Faust's own settings: who comes next takes the place of the dead, whose session need not end
# first; and what is withheld fits into one batch, so that nobody waits for the next
SAME_MEMBER = {"CONSUMER_GROUP_INSTANCE_ID": "one", "PRODUCER_MAX_BATCH_SIZE": "1000000"}


def test_killed_at_every_point_each_alert_is_told_exactly_once(
    matched: Matched, site: NotifierSite, tmp_path: Path
) -> None:
    write_pack(tmp_path, (ROCKETS % "24h").replace("level: high", "level: critical"))
    site.notifier()
    for place, point in POINTS.items():
        _live_and_die(matched, tmp_path, place, point)

    with matcher(matched, tmp_path, **SAME_MEMBER) as last:
        started(last)
        matched.wait_drained()
        until(lambda: len(site.pager.incidents) >= len(POINTS), "every page", 60)
        until(site.committed, "the notifier is through")

    told = [message.alert or "" for message in site.slack.messages]
    assert len(told) == len(set(told)) == len(POINTS)
    assert sorted(told) == sorted(incident.dedup_key for incident in site.pager.incidents)
    for place in POINTS:
        alerts = matched.alerts_of(place)
        assert {alert.id for alert in alerts} <= set(told), place
        assert (alerts[-1].revision, alerts[-1].evidence_count) == (HITS, HITS), place
    assert matched.buried == []


def _live_and_die(matched: Matched, folder: Path, place: str, point: CrashPoint) -> None:
    """Three reports on a place of their own, and a worker that dies over them."""
    names = {CHANGELOG: changelog_name(matched.group)}
    names |= {topic: matched.name(topic) for topic in (EVENTS, SIGNALS, ALERTS)}
    withheld = names[point.withheld] if point.withheld else None
    here = msgspec.structs.replace(point, topic=names[point.topic], marker=place, withheld=withheld)
    told = {POINT: msgspec.json.encode(here).decode()}
    with matcher(matched, folder, **SAME_MEMBER, **told) as worker:
        worker.command = [sys.executable, "-m", "tests.integration.matcher_worker"]
        worker.start()
        matched.send(*(message(event(f"{place}-{n}", place=place)) for n in range(HITS)))
        code = worker.wait(60)

    assert code == -9, f"{place}: {worker.tail()}"
