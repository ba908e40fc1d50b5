"""Rules published while the matcher runs, on real Kafka: what each change makes of the alerts."""

import os
import subprocess
import sys
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
from schemas.bundle import BUNDLE_KEY, Rebuilt
from schemas.topics import RULES
from services.matcher.adapters.state.table import changelog_name
from tests.integration.matcher_site import Matched, event, matcher, message, started
from tests.matcher.adapters.rules.packs import changed
from tests.parts import waiting
from tests.parts.child import ROOT
from tests.parts.pipeline import Pipeline, write_pack
from tests.parts.processes import Service
from tests.parts.topics import TopicMessage, produce, read_all
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


class PublishDesk:
    """Who publishes rules, in editions that stand in folders of their own."""

    def __init__(self, matched: Matched, folder: Path) -> None:
        self.matched = matched
        self.folder = folder
        self.editions = 0

    def publish(self, *rules: str, options: Iterable[str] = ()) -> str:
        """Publish a pack of these rules; what the command said."""
        self.editions += 1
        pack = write_pack(self.folder / f"edition-{self.editions}", *rules)
        asked = subprocess.run(  # noqa: S603  (our own command)
            [sys.executable, "-m", "cli", "rules", "publish", "--rules", str(pack), *options],
            cwd=ROOT,
            env=dict(os.environ)
            | {
                "VEDETTE_KAFKA_BOOTSTRAP_SERVERS": self.matched.bootstrap,
                "VEDETTE_TOPIC_PREFIX": self.matched.prefix,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert asked.returncode == 0, asked.stdout + asked.stderr
        return asked.stdout

    def raw(self, value: bytes) -> None:
        """Something that no command would publish."""
        topic = self.matched.name(RULES)
        produce(self.matched.bootstrap, topic, [TopicMessage(value, BUNDLE_KEY)])

    @property
    def number(self) -> int:
        """That of the newest bundle."""
        return max(one.offset + 1 for one in self.stands() if one.key == BUNDLE_KEY)

    def stands(self) -> list[TopicMessage]:
        return self.matched.read(RULES)

    def rebuilt(self) -> bool:
        """Whether every events partition is rebuilt for the newest bundle."""
        done = {
            told.partition: told.bundle
            for told in (
                Rebuilt.model_validate_json(one.value or b"")
                for one in self.stands()
                if one.key != BUNDLE_KEY
            )
        }
        return done == dict.fromkeys(range(4), self.number)

    def windows(self) -> set[bytes]:
        """The keys of the table that the matcher would have again after a restart."""
        changelog = changelog_name(self.matched.group)
        kept = {one.key: one.value for one in read_all(self.matched.bootstrap, changelog)}
        return {key for key, value in kept.items() if key is not None and value is not None}

    def wait_rebuilt(self) -> None:
        until(self.rebuilt, "every partition is rebuilt")
        self.matched.wait_drained()


@pytest.fixture
def desk(kafka: str, topics: str, tmp_path: Path) -> PublishDesk:
    return PublishDesk(Matched(kafka, topics), tmp_path)


def raid(place: str, number: int, **changes: Any) -> TopicMessage:
    name = f"{place}-{number}"
    return message(event(name, story=name, place=place, **changes))


def newest(alerts: Iterable[Alert], rule: str) -> dict[str, Alert]:
    """The last revision of each alert of a rule, by place; no place has two."""
    found = {alert.id: alert for alert in alerts if alert.rule.name == rule}
    places = Counter(alert.group["place"] for alert in found.values())
    assert max(places.values(), default=1) == 1, places
    return {alert.group["place"]: alert for alert in found.values()}


def gauge(service: Service, name: str) -> float:
    found = [line for line in service.metrics().splitlines() if line.startswith(f"{name} ")]
    return float(found[0].rpartition(" ")[2])


def in_force(service: Service, number: int) -> bool:
    return gauge(service, "vedette_matcher_bundle_number") == number


def load(matched: Matched, places: Iterable[str]) -> None:
    """Three raids on each place, one place after the other."""
    for place in places:
        matched.send(*(raid(place, number) for number in range(3)))


@pytest.fixture
def service(desk: PublishDesk) -> Iterator[Service]:
    """A matcher on rules that it read from a folder: nobody has ever published any."""
    write_pack(desk.folder, RAIDS % {"least": 3})
    with matcher(desk.matched, desk.folder, **TICKS) as service:
        yield started(service)


def rebuilding(service: Service, first: int) -> bool:
    """Whether it is at work for a bundle behind the first."""
    return not in_force(service, first) and gauge(service, "vedette_matcher_rebuilding") > 0


def test_a_threshold_changes_while_events_flow(desk: PublishDesk, service: Service) -> None:
    matched = desk.matched
    assert in_force(service, 0)
    matched.send(*(raid("Basra", number) for number in range(3)))
    matched.send(*(raid("Taji", number) for number in range(2)))
    (first,) = matched.wait_alerts(1)
    places = [f"camp-{number}" for number in range(40)]

    with ThreadPoolExecutor() as other:
        loading = other.submit(load, matched, places)
        said = [desk.publish(RAIDS % {"least": least}, SHELLS) for least in (3, 2)]
    loading.result()
    matched.send(raid("Basra", 3))
    desk.wait_rebuilt()

    assert in_force(service, desk.number)
    assert ["changed  pack/raids" in told for told in said] == [False, True]
    alerts = newest(matched.alerts, "raids")
    assert set(alerts) == {"Basra", "Taji", *places}
    assert {alert.status for alert in alerts.values()} == {Status.FIRING}
    assert (alerts["Basra"].id, alerts["Basra"].evidence_count) == (first.id, 4)
    assert (alerts["Taji"].evidence_count, alerts["Taji"].backfill) == (2, True)
    assert {alerts[place].evidence_count for place in places} == {3}
    assert not [place for place in places if alerts[place].backfill]
    assert not matched.buried


def test_a_bad_bundle_changes_nothing_and_is_told(desk: PublishDesk, service: Service) -> None:
    matched = desk.matched
    desk.publish(RAIDS % {"least": 2})
    until(lambda: in_force(service, desk.number), "it is in force")
    good = desk.number

    desk.raw(b'{"files": {}}')
    until(lambda: gauge(service, "vedette_matcher_bundle_rejected") == 1, "it is rejected")
    ready = httpx.get(f"{service.url}/readyz", timeout=5)
    matched.send(raid("Mosul", 1), raid("Mosul", 2))
    until(lambda: "Mosul" in newest(matched.alerts, "raids"), "the last good rules go on")

    assert in_force(service, good)
    assert ready.status_code == 200
    assert f"bundle {desk.number} " in ready.json()["notes"]["bundle"]
    desk.publish(RAIDS % {"least": 2}, SHELLS)
    until(lambda: in_force(service, desk.number), "a better one is taken")
    assert gauge(service, "vedette_matcher_bundle_rejected") == 0


@pytest.mark.usefixtures("service")
def test_the_alerts_of_a_rule_that_is_taken_out_end_with_its_windows(desk: PublishDesk) -> None:
    matched = desk.matched
    desk.publish(RAIDS % {"least": 2}, SHELLS)
    desk.wait_rebuilt()
    matched.send(raid("Mosul", 1), raid("Mosul", 2))
    (alert,) = matched.wait_alerts(1)

    told = desk.publish(SHELLS)
    until(lambda: matched.told[-1] == (Status.RESOLVED, 2), "the alert is resolved")
    matched.send(message(event("s-1", title="Shells fell", place="Taji")))
    until(lambda: "Taji" in newest(matched.alerts, "shells"), "the other rule goes on")
    matched.wait_drained()

    assert "removed  pack/raids" in told
    assert newest(matched.alerts, "raids")["Mosul"].id == alert.id
    assert not [key for key in desk.windows() if b'"raids"' in key]
    assert not matched.buried


def test_a_new_rule_is_told_its_history_once_whoever_dies_meanwhile(desk: PublishDesk) -> None:
    matched, places = desk.matched, [f"camp-{number}" for number in range(100)]
    past = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    matched.send(*(raid(place, 0, occurred_at=past) for place in places), *noise())
    matched.send(*(raid(place, 1, occurred_at=past) for place in places))
    desk.publish(SHELLS)
    with matcher(matched, desk.folder, VEDETTE_RULES_DIR="/nowhere", **TICKS) as service:
        started(service)
        desk.wait_rebuilt()
        first = desk.number
        with ThreadPoolExecutor() as other:
            publishing = other.submit(desk.publish, RAIDS % {"least": 2}, SHELLS)
            until(lambda: rebuilding(service, first), "the past is read")
            service.kill()
        publishing.result()
        assert not desk.rebuilt()
        started(service)
        desk.wait_rebuilt()
        until(lambda: len(newest(matched.alerts, "raids")) == len(places), "every alert is there")
        matched.send(raid("camp-0", 2))
        until(lambda: not newest(matched.alerts, "raids")["camp-0"].backfill, "a live one is live")
        alerts = newest(matched.alerts, "raids")

    assert alerts.pop("camp-0").evidence_count == 3
    assert {alert.evidence_count for alert in alerts.values()} == {2}
    assert {alert.backfill for alert in alerts.values()} == {True}
    assert {alert.status for alert in alerts.values()} == {Status.FIRING}


def noise() -> Iterator[TopicMessage]:
    """Enough that nothing says anything to, to keep a rebuild at work for some seconds."""
    for number in range(120):
        events = [event(f"n-{number}-{one}", title="Markets opened") for one in range(100)]
        yield message(events, partition=number % 4)


def test_nobody_is_paged_for_history(
    desk: PublishDesk, kafka: str, topics: str, redis_url: str
) -> None:
    write_pack(desk.folder, RAIDS % {"least": 3})
    environment = {
        "VEDETTE_KAFKA_BOOTSTRAP_SERVERS": kafka,
        "VEDETTE_TOPIC_PREFIX": topics,
        "VEDETTE_REDIS_URL": redis_url,
        "VEDETTE_SLACK_DIGEST_CHANNEL": "#digest",
    }
    with Pipeline(environment, desk.folder) as pipeline:
        pipeline.post({"id": "s-1", "title": "Shells fell", "place": "Taji"})
        desk.publish(RAIDS % {"least": 3}, changed(SHELLS, "level: high", "level: critical"))
        until(lambda: pipeline.slack.messages, "the history comes to Slack")
        pipeline.post({"id": "s-2", "title": "Shells fell", "place": "Mosul"})
        until(lambda: pipeline.pager.incidents, "a page for what is live")
        told = [(one.channel, "backfill" in one.words) for one in pipeline.slack.messages]

    assert told == [(channel_id("digest"), True), (channel_id("alerts"), False)]
    assert [one.dedup_key for one in pipeline.pager.incidents] == [pipeline.slack.messages[1].alert]
