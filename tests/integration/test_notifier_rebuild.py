"""Redis loses everything: the notifier rebuilds its log from Kafka before it sends anything."""

from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from redis import Redis

from schemas.topics import ALERTS, LEDGER
from services.kafka_address import KafkaAddress
from services.notifier.adapters.history import KafkaHistory
from services.notifier.adapters.keys import Keys
from services.notifier.adapters.membership import notifier_group
from tests.integration.notifier_site import POST, RESOLVED, MakeSite, NotifierSite, read_faults
from tests.notifier.alerts import SECOND, alert, wire
from tests.parts import topics as parts
from tests.parts.processes import Service
from tests.parts.redis_server import RedisNode
from tests.parts.topics import TopicMessage
from tests.parts.waiting import until

pytestmark = pytest.mark.integration

Loss = Callable[[RedisNode, Service], None]


def while_they_run(redis: RedisNode, notifier: Service) -> None:
    redis.lose_all()
    redis.start()
    notifier.check()


def over_a_restart(redis: RedisNode, notifier: Service) -> None:
    notifier.kill()
    redis.lose_all()
    redis.start()
    notifier.start()


def is_shown_once(site: NotifierSite, count: int) -> bool:
    return len(site.slack.messages) == len(site.pager.incidents) == count


def edited(site: NotifierSite) -> int:
    return sum(bool(message.edits) for message in site.slack.messages)


@pytest.mark.parametrize(("lose", "count"), [(while_they_run, 2), (over_a_restart, 1)])
def test_every_alert_is_sent_once_though_redis_lost_everything(
    make_site: MakeSite, own_redis: RedisNode, lose: Loss, count: int
) -> None:
    site = make_site(redis=own_redis.url())
    notifier, *_others = [site.notifier() for _ in range(count)]
    site.publish(alert("ends"), alert("grows"))
    until(lambda: len(site.lines() + site.lines("pagerduty")) == 4, "four lines", 15)
    before = {message.alert: message.ts for message in site.slack.messages}
    site.slack.script_fault("status", call=POST, status=429, retry_after=1, times=1000)
    site.publish(alert("queued"), alert("queued-too"))
    until(lambda: len(site.slack.called(POST)) > 2, "it waits for Slack", 15)
    until(lambda: len(site.pager.incidents) == 4, "the pager does not wait", 15)
    until(site.committed, "all is committed", 15)

    lose(own_redis, notifier)
    site.publish(alert("ends", 2, **RESOLVED), alert("meanwhile"))
    site.slack.script.clear()
    until(lambda: is_shown_once(site, 5), "five messages, five pages", 40)
    until(lambda: edited(site) == 1, "an edit", 30)
    until(lambda: site.pager.of("ends")[0].status == "resolved", "the page is over", 30)
    site.publish(alert("queued", 2, **RESOLVED))
    until(lambda: site.pager.of("queued")[0].status == "resolved", "that is over too", 30)
    until(lambda: edited(site) == 2, "its edit", 30)

    assert is_shown_once(site, 5)
    after = {message.alert: message for message in site.slack.messages}
    assert {name: after[name].ts for name in before} == before
    assert "RESOLVED" in after["ends"].words
    assert "RESOLVED" in after["queued"].words
    assert not any("POSSIBLE REPEAT" in message.words for message in site.slack.messages)


def test_readyz_names_the_rebuild(make_site: MakeSite, own_redis: RedisNode) -> None:
    site = make_site(redis=own_redis.url())
    notifier = site.notifier()
    lease = Keys(site.prefix).rebuild_lease

    with Redis.from_url(own_redis.url()) as client, client.pipeline() as at_once:
        at_once.flushall()
        at_once.set(lease, "another", px=2000)
        at_once.execute()
    answer = until(lambda: read_faults(notifier), "it is not ready", 15)
    notifier.wait_ready()

    assert answer["faults"] == {"log": "rebuilding the log from the ledger"}


def test_a_lost_ledger_is_noted_in_readyz(make_site: MakeSite, own_redis: RedisNode) -> None:
    site = make_site(redis=own_redis.url())
    notifier = site.notifier()
    site.publish(alert())
    until(lambda: len(site.lines() + site.lines("pagerduty")) == 2, "two lines", 15)
    until(site.committed, "it is committed", 15)

    parts.empty(site.kafka, site.prefix + LEDGER)
    with Redis.from_url(own_redis.url()) as client:
        client.flushall()
    until(lambda: "ledger" in notes(notifier), "it says so", 15)
    site.publish(alert(revision=2, **RESOLVED))
    until(lambda: site.pager.incidents[0].status == "resolved", "the page is over", 30)
    until(lambda: site.slack.messages[0].edits, "the message is edited", 30)

    assert "the ledger was empty" in notes(notifier)["ledger"]
    assert is_shown_once(site, 1)


def notes(notifier: Service) -> dict[str, str]:
    answer: dict[str, dict[str, str]] = httpx.get(f"{notifier.admin_url}/readyz", timeout=5).json()
    return answer.get("notes", {})


def test_the_alerts_topic_is_read_to_its_end(kafka: str, topics: str) -> None:
    messages = [TopicMessage(wire(alert(f"a{n}")), f"a{n}".encode()) for n in range(700)]
    parts.produce(kafka, topics + ALERTS, [*messages, TopicMessage(b"{no alert", b"x")])
    history = KafkaHistory(KafkaAddress(kafka), topics, notifier_group(topics))

    read = [item for batch in history.read_alerts(alert().detected_at) for item in batch]
    since_then = [
        item for batch in history.read_alerts(read[0].at + 3600 * SECOND) for item in batch
    ]

    assert sorted(item.job.alert.id for item in read) == sorted(f"a{n}" for n in range(700))
    assert not any(item.is_committed for item in read)
    assert since_then == []
    assert not history.has_committed()
    assert [line for batch in history.read_lines() for line in batch] == []


def test_a_ledger_that_was_never_created_is_empty(kafka: str, topic_prefix: str) -> None:
    history = KafkaHistory(KafkaAddress(kafka), topic_prefix, notifier_group(topic_prefix))

    assert list(history.read_lines()) == []
    assert list(history.read_alerts(alert().detected_at - timedelta(days=30))) == []
    assert not history.has_committed()
