"""The matcher as a process on real Kafka: alerts, dead letters, kills, outages."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from schemas.alert import Status
from schemas.topics import SIGNALS
from tests.integration.matcher_site import (
    ROCKETS,
    MatcherTopics,
    event,
    matcher,
    message,
    start_ready,
)
from tests.parts import topics as topic_parts
from tests.parts.pipeline import write_pack
from tests.parts.processes import Service
from tests.parts.topics import TopicMessage
from tests.parts.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]


def test_one_event_becomes_one_alert(matcher_topics: MatcherTopics, pack: Path) -> None:
    with matcher(matcher_topics, pack) as service:
        start_ready(service)
        matcher_topics.send(message(event("e-1")))

        (alert,) = matcher_topics.wait_alerts(1)
        metrics = service.metrics()

    assert (alert.rule.name, alert.status, alert.revision) == ("rocket_fire", Status.FIRING, 1)
    assert alert.summary == "Rockets on Taji"
    assert [item.event_id for item in alert.evidence] == ["e-1"]
    rule = 'pack="pack",rule="rocket_fire"'
    assert f'vedette_matcher_alerts_total{{level="high",{rule},status="firing"}} 1.0' in metrics
    assert f"vedette_matcher_matches_total{{{rule}}} 1.0" in metrics


def test_poison_becomes_dead_letters_and_all_else_is_processed(
    matcher_topics: MatcherTopics, pack: Path
) -> None:
    batch = [event("b-1", place="Basra"), {"id": "bad"}, event("b-2", place="Kirkuk")]
    with matcher(matcher_topics, pack) as service:
        start_ready(service)
        matcher_topics.send(
            message(event("e-1"), partition=0),
            TopicMessage(b"{nope", b"its key", partition=0),
            TopicMessage(None, b"empty", partition=0),
            message(batch, partition=0),
            message(event("e-2", place="Mosul"), partition=0),
        )

        matcher_topics.wait_alerts(4)
        until(lambda: len(matcher_topics.dead_letters) == 3, "three dead letters")
        matcher_topics.wait_until_drained()

    assert {alert.group["place"] for alert in matcher_topics.alerts} == {
        "Taji",
        "Basra",
        "Kirkuk",
        "Mosul",
    }
    letters = {letter.value: letter for letter in matcher_topics.dead_letters}
    assert letters.keys() == {b"{nope", None, b'{"id":"bad"}'}
    assert letters[b"{nope"].key == b"its key"
    assert b"Invalid JSON" in letters[b"{nope"].headers["reason"]
    assert b"source: " in letters[b'{"id":"bad"}'].headers["reason"]


def test_a_kill_between_processing_and_commit_repeats_the_alert_and_doubles_nothing(
    matcher_topics: MatcherTopics, pack: Path
) -> None:
    with matcher(matcher_topics, pack) as service:
        place = _kill_before_commit(matcher_topics, service)
        start_ready(service)
        matcher_topics.wait_until_drained()
        repeated = [alert for alert in matcher_topics.alerts if alert.group["place"] == place]
        matcher_topics.send(message(event("e-2", place=place)))
        until(
            lambda: matcher_topics.alerts_of(place)[-1].revision == 2, "the next report is counted"
        )
        last = matcher_topics.alerts_of(place)[-1]

    assert len(repeated) >= 2
    assert len({(alert.id, alert.revision) for alert in repeated}) == 1
    assert (last.id, last.revision, last.evidence_count) == (repeated[0].id, 2, 2)


def _kill_before_commit(matcher_topics: MatcherTopics, service: Service) -> str:
    """Kill the matcher as soon as an alert is on Kafka; again, if the commit was faster."""
    for attempt in range(8):
        place = f"place-{attempt}"
        start_ready(service)
        with matcher_topics.next_alert() as arrived:
            matcher_topics.send(message(event(f"e-{attempt}", place=place)))
            arrived()
            service.kill()
        if matcher_topics.lag(SIGNALS):
            return place
    pytest.fail("the commit was faster every time")


def test_sigterm_commits_processed_messages_and_exits_0(
    matcher_topics: MatcherTopics, pack: Path
) -> None:
    places = [f"place-{number}" for number in range(600)]
    with matcher(matcher_topics, pack) as service:
        start_ready(service)
        with matcher_topics.next_alert() as arrived:
            matcher_topics.send(*(message(event(place, place=place)) for place in places))
            arrived()
            code = service.terminate()
        start_ready(service)
        alerts = matcher_topics.wait_alerts(len(places))
        matcher_topics.wait_until_drained()

    assert code == 0
    assert sorted(alert.group["place"] for alert in alerts) == sorted(places)


def test_after_an_outage_nothing_resolves_before_the_backlog_is_through(
    matcher_topics: MatcherTopics, tmp_path: Path
) -> None:
    write_pack(tmp_path, ROCKETS % "5s")
    start = datetime.now(UTC) + timedelta(seconds=3)
    noise = [event(f"n-{number}", title="Markets opened") for number in range(50)]
    with matcher(matcher_topics, tmp_path) as service:
        start_ready(service)
        first = max(start, datetime.now(UTC))
        matcher_topics.send(message(_at(first, 0)))
        matcher_topics.wait_alerts(1)
        service.kill()
    backlog = [message(_at(first, 3 * number), partition=3) for number in range(1, 5)]
    matcher_topics.send(*(message(noise, number % 4) for number in range(40)), *backlog)

    with matcher(matcher_topics, tmp_path, VEDETTE_TICK_SECONDS="0.2") as service:
        start_ready(service)
        until(lambda: matcher_topics.statuses[-1][0] is Status.RESOLVED, "it resolves")
        *firing, resolved = matcher_topics.alerts

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
    matcher_topics = MatcherTopics(kafka, topic_parts.create(kafka, topic_prefix, partitions=1))
    days = {name: f"2020-01-{day}T06:00:00Z" for name, day in (("a", 14), ("b", 16))}
    reports = [event(name, occurred_at=at, recorded_at=at) for name, at in days.items()]
    with matcher(
        matcher_topics, pack, VEDETTE_CLOCK="recorded", VEDETTE_TICK_SECONDS="0.2"
    ) as service:
        start_ready(service)
        for report in reports:
            matcher_topics.send(message(report))

        alerts = matcher_topics.wait_alerts(3)

    assert [(alert.starts_at.day, alert.status) for alert in alerts] == [
        (14, Status.FIRING),
        (16, Status.FIRING),
        (14, Status.RESOLVED),
    ]
    assert {alert.updated_at.year for alert in alerts} == {2020}


def test_two_workers_share_the_partitions(matcher_topics: MatcherTopics, pack: Path) -> None:
    places = [f"place-{number}" for number in range(40)]
    with matcher(matcher_topics, pack) as first, matcher(matcher_topics, pack) as second:
        start_ready(first)
        start_ready(second)
        until(
            lambda: first.ready() and _lag_series(first) and _lag_series(second),
            "both have partitions",
        )
        matcher_topics.send(*(message(event(place, place=place)) for place in places))

        alerts = matcher_topics.wait_alerts(len(places))
        until(
            lambda: _is_shared(_lag_series(first), _lag_series(second)),
            "each has its own partitions",
        )

    assert sorted(alert.group["place"] for alert in alerts) == sorted(places)


def _is_shared(first: set[str], second: set[str]) -> bool:
    return first.isdisjoint(second) and len(first | second) == 8


def _lag_series(service: Service) -> set[str]:
    lines = service.metrics().splitlines()
    return {line.rsplit(" ", 1)[0] for line in lines if line.startswith("vedette_matcher_lag{")}
