"""Retention that deletes messages before a matcher or notifier has read them."""

import time
from pathlib import Path

import pytest

from schemas.alert import Alert
from schemas.duty import is_duty
from schemas.topics import ALERTS, EVENTS
from tests.integration.matcher_site import (
    ROCKETS,
    MatcherTopics,
    event,
    matcher,
    message,
    start_ready,
)
from tests.integration.notifier_site import NotifierSite, wait_for_line
from tests.notifier.alerts import alert
from tests.parts import topics as parts
from tests.parts.pipeline import write_pack
from tests.parts.processes import Service
from tests.parts.waiting import until

OPEN_FETCH = 1.5
"""Seconds until Kafka has answered a fetch that a frozen service has left open."""

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]


def start_with_an_alert(matcher_topics: MatcherTopics, service: Service) -> None:
    start_ready(service)
    matcher_topics.send(message(event("e-1"), partition=2))
    matcher_topics.wait_alerts(1)
    matcher_topics.wait_until_drained()


def test_what_is_lost_is_in_the_log_and_a_metric_and_what_follows_is_processed(
    matcher_topics: MatcherTopics, tmp_path: Path
) -> None:
    write_pack(tmp_path, ROCKETS % "24h")
    with matcher(matcher_topics, tmp_path) as service:
        start_with_an_alert(matcher_topics, service)
        service.terminate()
        matcher_topics.send(*(message(event(f"lost-{n}"), partition=2) for n in range(5)))
        parts.empty(matcher_topics.bootstrap, matcher_topics.name(EVENTS))
        start_ready(service)
        matcher_topics.send(message(event("e-2", place="Basra"), partition=2))
        matcher_topics.wait_alerts(2)
        matcher_topics.wait_until_drained()
        exported, log = service.metrics(), service.text()

    topic = matcher_topics.name(EVENTS)
    line = f'vedette_lost_messages_total{{partition="2",topic="{topic}"}} 5.0'
    assert line in exported
    assert "messages were deleted before they were read" in log
    assert matcher_topics.alerts_of("Taji")
    assert matcher_topics.alerts_of("Basra")


def test_a_running_matcher_says_once_what_is_lost(
    matcher_topics: MatcherTopics, tmp_path: Path
) -> None:
    write_pack(tmp_path, ROCKETS % "24h")
    with matcher(matcher_topics, tmp_path) as service:
        start_with_an_alert(matcher_topics, service)
        service.freeze()
        time.sleep(OPEN_FETCH)
        matcher_topics.send(*(message(event(f"lost-{n}"), partition=2) for n in range(5)))
        parts.empty(matcher_topics.bootstrap, matcher_topics.name(EVENTS))
        service.thaw()
        matcher_topics.send(message(event("e-2", place="Basra"), partition=2))
        until(lambda: is_alerted(service, matcher_topics), "the loss is an alert", 60)
        matcher_topics.wait_until_drained()
        exported = service.metrics()

    topic = matcher_topics.name(EVENTS)
    assert f'vedette_lost_messages_total{{partition="2",topic="{topic}"}} 5.0' in exported
    assert matcher_topics.alerts_of("Basra")
    assert summaries(matcher_topics.alerts) == [
        f"5 messages of {topic}, partition 2, were deleted before the matcher read them"
    ]


def test_a_running_and_a_stopped_notifier_signal_what_is_lost(site: NotifierSite) -> None:
    notifier = site.notifier()
    site.publish(alert("a1"))
    wait_for_line(site)
    until(site.committed, "the first alert is committed")
    notifier.freeze()
    time.sleep(OPEN_FETCH)
    lose(site, "a2")
    notifier.thaw()
    until(lambda: len(site.signals()) == 1, "the first loss is signalled", 30)
    notifier.terminate()
    lose(site, "a3")
    notifier.start().wait_ready()
    until(lambda: len(site.signals()) == 2, "the second loss is signalled", 30)
    site.publish(alert("a4"))
    until(site.committed, "what follows is read")

    assert [signal.fields for signal in site.signals()] == [{"messages": "1"}] * 2
    assert {signal.group["reader"] for signal in site.signals()} == {"notifier"}


def is_alerted(service: Service, matcher_topics: MatcherTopics) -> bool:
    if not service.running:  # frozen for longer than a session on a slow machine
        start_ready(service)
    return bool(summaries(matcher_topics.alerts))


def lose(site: NotifierSite, name: str) -> None:
    site.publish(alert(name))
    parts.empty(site.kafka, site.prefix + ALERTS)


def summaries(alerts: list[Alert]) -> list[str]:
    return [alert.summary for alert in alerts if is_duty(alert)]
