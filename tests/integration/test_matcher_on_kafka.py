"""The matcher as a process on real Kafka: alerts, dead letters, kills, outages, its health."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from schemas.alert import Status
from schemas.topics import SIGNALS
from tests.integration.matcher_site import (
    MARCH,
    ROCKETS,
    Matched,
    event,
    matcher,
    message,
    started,
)
from tests.integration.matcher_worker import PAUSE, PAUSED
from tests.parts import topics as topic_parts
from tests.parts.kafka import KafkaNode
from tests.parts.pipeline import write_pack
from tests.parts.processes import Service
from tests.parts.topics import TopicMessage
from tests.parts.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]

BROKEN = """
title: Nothing holds this
name: broken
logsource: {category: report}
detection:
  some: {no_such_field: x}
  condition: some and none
"""


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    write_pack(tmp_path, ROCKETS % "24h", MARCH)
    return tmp_path


def readyz(service: Service) -> httpx.Response:
    return httpx.get(f"{service.url}/readyz", timeout=5)


def test_one_event_becomes_one_alert(matched: Matched, pack: Path) -> None:
    with matcher(matched, pack) as service:
        started(service)
        matched.send(message(event("e-1")))

        (alert,) = matched.wait_alerts(1)
        metrics = service.metrics()

    assert (alert.rule.name, alert.status, alert.revision) == ("rocket_fire", Status.FIRING, 1)
    assert alert.summary == "Rockets on Taji"
    assert [one.event_id for one in alert.evidence] == ["e-1"]
    assert 'vedette_matcher_alerts_total{level="high",status="firing"} 1.0' in metrics
    assert 'vedette_matcher_matches_total{pack="pack",rule="rocket_fire"} 1.0' in metrics


def test_poison_is_buried_and_everything_around_it_goes_on(matched: Matched, pack: Path) -> None:
    bundle = [event("b-1", place="Basra"), {"id": "bad"}, event("b-2", place="Kirkuk")]
    with matcher(matched, pack) as service:
        started(service)
        matched.send(
            message(event("e-1"), partition=0),
            TopicMessage(b"{nope", b"its key", partition=0),
            TopicMessage(None, b"empty", partition=0),
            message(bundle, partition=0),
            message(event("e-2", place="Mosul"), partition=0),
        )

        matched.wait_alerts(4)
        until(lambda: len(matched.buried) == 3, "three dead letters")
        matched.wait_drained()

    assert {alert.group["place"] for alert in matched.alerts} == {
        "Taji",
        "Basra",
        "Kirkuk",
        "Mosul",
    }
    found = {one.value: one for one in matched.buried}
    assert found.keys() == {b"{nope", None, b'{"id":"bad"}'}
    assert found[b"{nope"].key == b"its key"
    assert b"Invalid JSON" in found[b"{nope"].headers["reason"]
    assert b"source: " in found[b'{"id":"bad"}'].headers["reason"]


def test_a_kill_between_processing_and_commit_repeats_the_alert_and_doubles_nothing(
    matched: Matched, pack: Path
) -> None:
    with matcher(matched, pack) as service:
        place = _killed_before_its_commit(matched, service)
        started(service)
        matched.wait_drained()
        repeated = [alert for alert in matched.alerts if alert.group["place"] == place]
        matched.send(message(event("e-2", place=place)))
        until(lambda: matched.alerts_of(place)[-1].revision == 2, "the next report is counted")
        last = matched.alerts_of(place)[-1]

    assert len(repeated) >= 2
    assert len({(alert.id, alert.revision) for alert in repeated}) == 1
    assert (last.id, last.revision, last.evidence_count) == (repeated[0].id, 2, 2)


def _killed_before_its_commit(matched: Matched, service: Service) -> str:
    """Kill the matcher as soon as an alert stands; again, if the commit was faster."""
    for attempt in range(8):
        place = f"place-{attempt}"
        started(service)
        with matched.next_alert() as arrived:
            matched.send(message(event(f"e-{attempt}", place=place)))
            arrived()
            service.kill()
        if matched.lag(SIGNALS):
            return place
    pytest.fail("the commit was faster every time")


def test_sigterm_commits_what_was_done_and_exits_0(matched: Matched, pack: Path) -> None:
    places = [f"place-{number}" for number in range(600)]
    with matcher(matched, pack) as service:
        started(service)
        with matched.next_alert() as arrived:
            matched.send(*(message(event(place, place=place)) for place in places))
            arrived()
            code = service.terminate()
        started(service)
        alerts = matched.wait_alerts(len(places))
        matched.wait_drained()

    assert code == 0
    assert sorted(alert.group["place"] for alert in alerts) == sorted(places)


def test_after_an_outage_nothing_resolves_before_the_backlog_is_through(
    matched: Matched, tmp_path: Path
) -> None:
    write_pack(tmp_path, ROCKETS % "5s")
    start = datetime.now(UTC) + timedelta(seconds=3)
    noise = [event(f"n-{number}", title="Markets opened") for number in range(50)]
    with matcher(matched, tmp_path) as service:
        started(service)
        first = max(start, datetime.now(UTC))
        matched.send(message(_at(first, 0)))
        matched.wait_alerts(1)
        service.kill()
    backlog = [message(_at(first, 3 * number), partition=3) for number in range(1, 5)]
    matched.send(*(message(noise, number % 4) for number in range(40)), *backlog)

    with matcher(matched, tmp_path, VEDETTE_TICK_SECONDS="0.2") as service:
        started(service)
        until(lambda: matched.told[-1][0] is Status.RESOLVED, "it resolves")
        *firing, resolved = matched.alerts

    assert {alert.status for alert in firing} == {Status.FIRING}
    assert {alert.id for alert in firing} == {resolved.id}
    assert resolved.evidence_count == 5
    assert resolved.resolved_at == first + timedelta(seconds=12 + 5)


def _at(first: datetime, seconds: int) -> dict[str, Any]:
    at = (first + timedelta(seconds=seconds)).isoformat()
    return event(f"r-{seconds}", occurred_at=at, recorded_at=at)


def test_on_the_recorded_clock_time_is_that_of_the_reports(
    kafka: str, topic_prefix: str, pack: Path
) -> None:
    matched = Matched(kafka, topic_parts.create(kafka, topic_prefix, partitions=1))
    days = {name: f"2020-01-{day}T06:00:00Z" for name, day in (("a", 14), ("b", 16))}
    reports = [event(name, occurred_at=at, recorded_at=at) for name, at in days.items()]
    with matcher(matched, pack, VEDETTE_CLOCK="recorded", VEDETTE_TICK_SECONDS="0.2") as service:
        started(service)
        for report in reports:
            matched.send(message(report))

        alerts = matched.wait_alerts(3)

    assert [(one.starts_at.day, one.status) for one in alerts] == [
        (14, Status.FIRING),
        (16, Status.FIRING),
        (14, Status.RESOLVED),
    ]
    assert {alert.updated_at.year for alert in alerts} == {2020}


def test_two_workers_share_the_partitions(matched: Matched, pack: Path) -> None:
    places = [f"place-{number}" for number in range(40)]
    with matcher(matched, pack) as one, matcher(matched, pack) as other:
        started(one)
        started(other)
        until(lambda: one.ready() and _owned(one) and _owned(other), "both have partitions")
        matched.send(*(message(event(place, place=place)) for place in places))

        alerts = matched.wait_alerts(len(places))
        until(lambda: _shared(_owned(one), _owned(other)), "each tells of its own")

    assert sorted(alert.group["place"] for alert in alerts) == sorted(places)


def _shared(one: set[str], other: set[str]) -> bool:
    return one.isdisjoint(other) and len(one | other) == 8


def _owned(service: Service) -> set[str]:
    lines = service.metrics().splitlines()
    return {line.rsplit(" ", 1)[0] for line in lines if line.startswith("vedette_matcher_lag{")}


def test_readyz_tells_the_truth_about_kafka(
    own_kafka: KafkaNode, topic_prefix: str, pack: Path
) -> None:
    matched = Matched(own_kafka.bootstrap, topic_parts.create(own_kafka.bootstrap, topic_prefix))
    own_kafka.stop()
    with matcher(matched, pack) as service:
        service.start()
        until(lambda: _alive(service), "it is alive")
        without_kafka = readyz(service)
        own_kafka.start()
        service.wait_ready()
        own_kafka.kill()
        until(lambda: not service.ready(), "it sees that Kafka is gone")
        gone = readyz(service)
        own_kafka.start()
        matched.send(message(event("e-1")))
        until(lambda: _supervised(service).running and matched.alerts, "it goes on", 90.0)
        service.wait_ready()

    assert without_kafka.status_code == 503
    assert gone.status_code == 503
    assert "kafka" in gone.json()["faults"]


def _supervised(service: Service) -> Service:
    """Started again if it has ended, as it does when Kafka no longer knows it."""
    return service if service.running else service.start()


def test_it_is_not_ready_before_its_windows_are_recovered(matched: Matched, pack: Path) -> None:
    with matcher(matched, pack) as service:
        started(service)
        matched.send(message(event("e-1")))
        matched.wait_drained()
    with matcher(matched, pack, **{PAUSE: "3"}) as service:
        service.command = [sys.executable, "-m", "tests.integration.matcher_worker"]
        service.start()
        until(lambda: PAUSED in service.text(), "it has its partitions")
        recovering = readyz(service)
        service.wait_ready()
        matched.send(message(event("e-2")))
        alerts = matched.wait_alerts(2)

    assert recovering.status_code == 503
    assert "recovering" in recovering.json()["faults"]["group"]
    assert [(one.revision, one.evidence_count) for one in alerts] == [(1, 1), (2, 2)]


def _alive(service: Service) -> bool:
    service.check()
    try:
        return httpx.get(f"{service.url}/healthz", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def test_a_faulty_rule_file_is_named_and_stops_no_good_one(
    matched: Matched, tmp_path: Path
) -> None:
    write_pack(tmp_path, ROCKETS % "24h", BROKEN)
    with matcher(matched, tmp_path) as service:
        started(service)

        answer = readyz(service)

    assert answer.status_code == 200
    assert "rule_1.yaml" in answer.json()["notes"]["rules"]
    assert "rule_1.yaml" in service.text()


def test_without_any_usable_rule_it_refuses_to_start(matched: Matched, tmp_path: Path) -> None:
    write_pack(tmp_path, BROKEN)
    with matcher(matched, tmp_path) as service:
        code = service.start().wait(60)

    assert code == 2
    assert "no usable rule" in service.text()
    assert "rule_1.yaml" not in service.text()
    assert "rule_0.yaml" in service.text()


def test_an_invalid_environment_is_refused_in_one_line(matched: Matched, pack: Path) -> None:
    with matcher(matched, pack, VEDETTE_CLOCK="sundial", VEDETTE_NONSENSE="1") as service:
        code = service.start().wait(60)

    assert code == 2
    (line,) = service.text().splitlines()
    assert "VEDETTE_CLOCK" in line
    assert "VEDETTE_NONSENSE" in line


def test_a_missing_topic_is_named(kafka: str, topic_prefix: str, pack: Path) -> None:
    with matcher(Matched(kafka, topic_prefix), pack) as service:
        code = service.start().wait(60)

    assert code == 1
    assert f"{topic_prefix}events" in service.text()
