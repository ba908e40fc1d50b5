"""Rules published while the matcher runs, on real Kafka: the alerts after each change."""

from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from schemas.alert import Alert, Status
from tests.integration.matcher_site import MatcherTopics, event, matcher, message, start_ready
from tests.integration.publish_desk import PublishDesk
from tests.matcher.adapters.rules.packs import changed
from tests.parts import waiting
from tests.parts.pipeline import Pipeline, write_pack
from tests.parts.processes import Service
from tests.parts.topics import TopicMessage
from tests.standins.slack import channel_id

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]

RAIDS = """
title: Rocket fire
name: rocket
logsource: {category: report}
detection:
  rockets: {words|phrase: [rocket*]}
  condition: rockets
level: low
---
title: Rockets on one place
name: raids
correlation:
  type: event_count
  rules: [rocket]
  group-by: [place]
  timespan: 7d
  condition: {gte: %(least)d}
level: high
alert: {summary: "{{ value }} raids on {{ place }}"}
tests:
  - name: enough
    events:
      - {at: 1h, id: a, place: Taji, text: Rockets fell}
      - {at: 2h, id: b, place: Taji, text: Rockets fell}
      - {at: 3h, id: c, place: Taji, text: Rockets fell}
    expect: [{fires: raids}]
  - {name: none, events: [], expect: silent}
"""
SHELLS = """
title: Shells on one place
name: shells
logsource: {category: report}
detection:
  shells: {words|phrase: [shell*]}
  condition: shells
group-by: [place]
level: high
tests:
  - name: a shell
    events: [{at: 1h, place: Taji, text: Shells fell}]
    expect: [{fires: shells}]
  - {name: none, events: [], expect: silent}
"""
TICKS = {"VEDETTE_TICK_SECONDS": "0.3"}
until = partial(waiting.until, timeout=60.0)


@pytest.fixture
def desk(kafka: str, topics: str, tmp_path: Path) -> PublishDesk:
    return PublishDesk(MatcherTopics(kafka, topics), tmp_path)


def raid(place: str, number: int, **changes: Any) -> TopicMessage:
    name = f"{place}-{number}"
    return message(event(name, story=name, place=place, **changes))


def newest_revisions(alerts: Iterable[Alert], rule: str) -> dict[str, Alert]:
    """The last revision of each alert of a rule, by place; no place has two."""
    revisions = {alert.id: alert for alert in alerts if alert.rule.name == rule}
    places = Counter(alert.group["place"] for alert in revisions.values())
    assert max(places.values(), default=1) == 1, places
    return {alert.group["place"]: alert for alert in revisions.values()}


def read_gauge(service: Service, name: str) -> float:
    lines = [line for line in service.metrics().splitlines() if line.startswith(f"{name} ")]
    return float(lines[0].rpartition(" ")[2])


def is_in_force(service: Service, number: int) -> bool:
    return read_gauge(service, "vedette_matcher_bundle_number") == number


def send_raids(matcher_topics: MatcherTopics, places: Iterable[str]) -> None:
    """Three raids on each place, one place after the other."""
    for place in places:
        matcher_topics.send(*(raid(place, number) for number in range(3)))


@pytest.fixture
def service(desk: PublishDesk) -> Iterator[Service]:
    """A matcher on rules from a folder; none have been published."""
    write_pack(desk.folder, RAIDS % {"least": 3})
    with matcher(desk.matcher_topics, desk.folder, **TICKS) as service:
        yield start_ready(service)


def is_backfilling(service: Service, first: int) -> bool:
    """Whether it reads past events for a bundle after the first."""
    return (
        not is_in_force(service, first)
        and read_gauge(service, "vedette_matcher_backfills_running") > 0
    )


def test_a_threshold_changes_while_events_flow(desk: PublishDesk, service: Service) -> None:
    matcher_topics = desk.matcher_topics
    assert is_in_force(service, 0)
    matcher_topics.send(*(raid("Basra", number) for number in range(3)))
    matcher_topics.send(*(raid("Taji", number) for number in range(2)))
    (first,) = matcher_topics.wait_alerts(1)
    places = [f"camp-{number}" for number in range(40)]

    with ThreadPoolExecutor() as other:
        loading = other.submit(send_raids, matcher_topics, places)
        outputs = [desk.publish(RAIDS % {"least": least}, SHELLS) for least in (3, 2)]
    loading.result()
    matcher_topics.send(raid("Basra", 3))
    desk.wait_until_backfilled()

    assert is_in_force(service, desk.number)
    assert ["changed  pack/raids" in output for output in outputs] == [False, True]
    alerts = newest_revisions(matcher_topics.alerts, "raids")
    assert set(alerts) == {"Basra", "Taji", *places}
    assert {alert.status for alert in alerts.values()} == {Status.FIRING}
    assert (alerts["Basra"].id, alerts["Basra"].evidence_count) == (first.id, 4)
    assert (alerts["Taji"].evidence_count, alerts["Taji"].backfill) == (2, True)
    assert {alerts[place].evidence_count for place in places} == {3}
    assert not [place for place in places if alerts[place].backfill]
    assert not matcher_topics.dead_letters


def test_a_bad_bundle_changes_nothing_and_is_reported(desk: PublishDesk, service: Service) -> None:
    matcher_topics = desk.matcher_topics
    desk.publish(RAIDS % {"least": 2})
    until(lambda: is_in_force(service, desk.number), "it is in force")
    good = desk.number

    desk.produce_bundle(b'{"files": {}}')
    until(lambda: read_gauge(service, "vedette_matcher_bundle_rejected") == 1, "it is rejected")
    ready = httpx.get(f"{service.admin_url}/readyz", timeout=5)
    matcher_topics.send(raid("Mosul", 1), raid("Mosul", 2))
    until(
        lambda: "Mosul" in newest_revisions(matcher_topics.alerts, "raids"),
        "the last good rules go on",
    )

    assert is_in_force(service, good)
    assert ready.status_code == 200
    assert f"bundle {desk.number} " in ready.json()["notes"]["bundle"]
    desk.publish(RAIDS % {"least": 2}, SHELLS)
    until(lambda: is_in_force(service, desk.number), "a better one is taken")
    assert read_gauge(service, "vedette_matcher_bundle_rejected") == 0


@pytest.mark.usefixtures("service")
def test_a_removed_rule_has_its_alerts_resolved_and_its_windows_deleted(desk: PublishDesk) -> None:
    matcher_topics = desk.matcher_topics
    desk.publish(RAIDS % {"least": 2}, SHELLS)
    desk.wait_until_backfilled()
    matcher_topics.send(raid("Mosul", 1), raid("Mosul", 2))
    (alert,) = matcher_topics.wait_alerts(1)

    output = desk.publish(SHELLS, options=["--allow-removed"])
    until(lambda: matcher_topics.statuses[-1] == (Status.RESOLVED, 2), "the alert is resolved")
    matcher_topics.send(message(event("s-1", title="Shells fell", place="Taji")))
    until(
        lambda: "Taji" in newest_revisions(matcher_topics.alerts, "shells"),
        "the other rule goes on",
    )
    matcher_topics.wait_until_drained()

    assert "removed  pack/raids" in output
    assert newest_revisions(matcher_topics.alerts, "raids")["Mosul"].id == alert.id
    # its count of new groups is no window, and is forgotten some minutes after the newest
    assert not [key for key in desk.table_keys() if b'"raids"' in key and b":n:" not in key]
    assert not matcher_topics.dead_letters


def test_a_new_rule_reads_past_events_once_though_the_worker_is_killed(desk: PublishDesk) -> None:
    matcher_topics, places = desk.matcher_topics, [f"camp-{number}" for number in range(100)]
    send_past_raids(matcher_topics, places)
    desk.publish(SHELLS)
    with matcher(matcher_topics, desk.folder, VEDETTE_RULES_DIR="/nowhere", **TICKS) as service:
        start_ready(service)
        desk.wait_until_backfilled()
        kill_while_backfilling(desk, service)
        start_ready(service)
        desk.wait_until_backfilled()
        until(
            lambda: len(newest_revisions(matcher_topics.alerts, "raids")) == len(places),
            "every alert is there",
        )
        matcher_topics.send(raid("camp-0", 2))
        until(
            lambda: not newest_revisions(matcher_topics.alerts, "raids")["camp-0"].backfill,
            "a live one is live",
        )
        alerts = newest_revisions(matcher_topics.alerts, "raids")

    assert alerts.pop("camp-0").evidence_count == 3
    assert {alert.evidence_count for alert in alerts.values()} == {2}
    assert {alert.backfill for alert in alerts.values()} == {True}
    assert {alert.status for alert in alerts.values()} == {Status.FIRING}


def send_past_raids(matcher_topics: MatcherTopics, places: Iterable[str]) -> None:
    """Two on each place a day ago, and much between them."""
    past = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    matcher_topics.send(*(raid(place, 0, occurred_at=past) for place in places), *noise())
    matcher_topics.send(*(raid(place, 1, occurred_at=past) for place in places))


def kill_while_backfilling(desk: PublishDesk, service: Service) -> None:
    """Publish a rule, and kill the worker while it reads the past for it."""
    first = desk.number
    with ThreadPoolExecutor() as other:
        publishing = other.submit(desk.publish, RAIDS % {"least": 2}, SHELLS)
        until(lambda: is_backfilling(service, first), "the past is read")
        service.kill()
    publishing.result()
    assert not desk.is_backfilled()


def noise() -> Iterator[TopicMessage]:
    """Enough reports that match no rule to keep a backfill running for some seconds."""
    for number in range(120):
        events = [event(f"n-{number}-{item}", title="Markets opened") for item in range(100)]
        yield message(events, partition=number % 4)


def test_nobody_is_paged_for_history(desk: PublishDesk, servers: dict[str, str]) -> None:
    write_pack(desk.folder, RAIDS % {"least": 3})
    environment = servers | {"VEDETTE_SLACK_DIGEST_CHANNEL": "#digest"}
    with Pipeline(environment, desk.folder) as pipeline:
        pipeline.post({"id": "s-1", "title": "Shells fell", "place": "Taji"})
        read = "vedette_matcher_events_total 1.0"
        until(lambda: read in pipeline.matcher.metrics(), "the former rules have it")
        desk.publish(RAIDS % {"least": 3}, changed(SHELLS, "level: high", "level: critical"))
        until(lambda: pipeline.slack.messages, "the history comes to Slack")
        pipeline.post({"id": "s-2", "title": "Shells fell", "place": "Mosul"})
        until(lambda: pipeline.pager.incidents, "a page for what is live")
        sent = [(posted.channel, "HISTORY" in posted.words) for posted in pipeline.slack.messages]

    assert sent == [(channel_id("digest"), True), (channel_id("alerts"), False)]
    assert [incident.dedup_key for incident in pipeline.pager.incidents] == [
        pipeline.slack.messages[1].alert
    ]
