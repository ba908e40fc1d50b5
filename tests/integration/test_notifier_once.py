"""Nobody is told twice, nobody is missed: the notifier as a process, shot at and cut off."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from schemas.alert import Alert, Level, Status
from schemas.ledger import Act, LedgerLine
from schemas.topics import ALERTS, DEAD_LETTERS, LEDGER
from tests.notifier.alerts import alert, wire
from tests.parts import topics as parts
from tests.parts.processes import Service
from tests.parts.redis_server import RedisNode
from tests.parts.topics import Message
from tests.parts.waiting import until
from tests.standins.pagerduty import PagerDutyStandIn
from tests.standins.slack import SlackStandIn

pytestmark = pytest.mark.integration

TIMEOUT = 1
HOLD = 3 * TIMEOUT
POST = "chat.postMessage"
RESOLVED: dict[str, Any] = {"status": Status.RESOLVED}


@dataclass
class Site:
    """Kafka, Redis and both stand-ins around any number of notifiers."""

    kafka: str
    prefix: str
    redis_url: str
    slack: SlackStandIn
    pager: PagerDutyStandIn
    folder: Path
    stack: ExitStack

    def notifier(self, *, ready: bool = True, **changes: str) -> Service:
        """One more notifier; it ends with the test."""
        variables = {
            "VEDETTE_KAFKA_BOOTSTRAP_SERVERS": self.kafka,
            "VEDETTE_TOPIC_PREFIX": self.prefix,
            "VEDETTE_REDIS_URL": self.redis_url,
            "VEDETTE_SLACK_TOKEN": "xoxb-t",
            "VEDETTE_SLACK_API_URL": f"{self.slack.url}/api/",
            "VEDETTE_PAGERDUTY_ROUTING_KEY": "k",
            "VEDETTE_PAGERDUTY_EVENTS_URL": self.pager.url,
            "VEDETTE_RECEIVER_TIMEOUT_SECONDS": str(TIMEOUT),
        }
        service = Service("notifier", variables | changes, self.folder)
        self.stack.callback(lambda: sys.stdout.write(service.tail()))  # shown if the test fails
        self.stack.enter_context(service)
        if ready:
            service.wait_ready()
        return service

    def tell(self, *alerts: Alert) -> None:
        """The matcher says all this."""
        told = [Message(wire(one), one.fingerprint.encode()) for one in alerts]
        parts.produce(self.kafka, self.prefix + ALERTS, told)

    def ledger(self) -> list[LedgerLine]:
        """Every line so far."""
        found = parts.read_all(self.kafka, self.prefix + LEDGER)
        return [LedgerLine.model_validate_json(one.value or b"") for one in found]

    def lines(self, receiver: str = "slack") -> list[tuple[int, Act]]:
        """Revision and act of each line of one receiver."""
        return [(one.revision, one.act) for one in self.ledger() if one.receiver == receiver]

    def dead(self) -> list[Message]:
        """Every dead letter so far."""
        return parts.read_all(self.kafka, self.prefix + DEAD_LETTERS)

    def committed(self) -> bool:
        """Whether every offset of the alerts topic is committed."""
        group = f"{self.prefix.rstrip('.')}-notifier"
        return parts.drained(self.kafka, group, self.prefix + ALERTS)


@pytest.fixture
def make_site(
    kafka: str, topics: str, redis_url: str, tmp_path: Path
) -> Iterator[Callable[..., Site]]:
    with ExitStack() as stack:

        def make(slack: SlackStandIn | None = None, redis: str = redis_url) -> Site:
            first = stack.enter_context(slack or SlackStandIn())
            pager = stack.enter_context(PagerDutyStandIn())
            return Site(kafka, topics, redis, first, pager, tmp_path, stack)

        yield make


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    return make_site()


def told_line(site: Site, receiver: str = "slack") -> None:
    """Wait until the receiver's first line stands in the ledger."""
    until(lambda: site.lines(receiver), f"a line of {receiver}", 30)


def test_an_alert_is_a_message_and_a_page_and_its_end_is_shown_on_both(site: Site) -> None:
    notifier = site.notifier()

    site.tell(alert())
    until(lambda: site.slack.messages and site.pager.incidents, "message and page", 15)
    site.tell(alert(revision=2, **RESOLVED))
    until(lambda: site.pager.incidents[0].status == "resolved", "the page is over", 15)
    until(lambda: site.slack.messages[0].edits, "the message is edited", 15)
    until(lambda: len(site.ledger()) == 4, "four lines", 15)

    (message,) = site.slack.messages
    assert "✅ RESOLVED" in message.words
    assert site.lines("slack") == [(1, Act.NOTIFIED), (2, Act.RESOLVED)]
    assert site.lines("pagerduty") == [(1, Act.NOTIFIED), (2, Act.RESOLVED)]
    assert len(site.pager.incidents) == 1
    assert site.committed()
    metrics = notifier.metrics()
    assert 'vedette_notifier_end_to_end_seconds_count{receiver="slack"} 1.0' in metrics
    assert 'notifications_total{receiver="slack",result="edited"} 1.0' in metrics


def test_only_levels_from_high_page(site: Site) -> None:
    site.notifier()

    site.tell(
        alert("medium", level=Level.MEDIUM),
        alert("high"),
        alert("drill", exercise=True),
        alert("old", backfill=True),
    )
    until(lambda: len(site.slack.messages) == 4, "four messages", 15)
    until(lambda: len(site.ledger()) == 5, "five lines", 15)

    assert [one.dedup_key for one in site.pager.incidents] == ["high"]


def test_killed_between_slacks_answer_and_its_log_it_makes_one_message(site: Site) -> None:
    notifier = site.notifier()
    site.slack.wrong("hang", call=POST, stored=True)

    site.tell(alert())
    until(lambda: site.slack.messages, "Slack has the message", 15)
    notifier.kill()
    site.slack.release()
    notifier.start()
    told_line(site)
    site.tell(alert(revision=2, **RESOLVED))
    until(lambda: site.slack.messages[0].edits, "the same message is edited", 15)

    assert len(site.slack.messages) == 1
    assert site.ledger()[0].reason.startswith("found") or site.lines()[0] == (1, Act.NOTIFIED)
    assert len(site.slack.called(POST)) == 1
    assert "possible repeat" not in site.slack.messages[0].words


def test_killed_before_slack_has_it_nobody_is_missed(site: Site) -> None:
    notifier = site.notifier()
    site.slack.wrong("drop", call=POST, seconds=30)

    site.tell(alert())
    until(lambda: site.slack.called(POST), "Slack is asked", 15)
    notifier.kill()
    notifier.start()
    told_line(site)

    assert len(site.slack.messages) == 1


@pytest.mark.parametrize("late", [False, True], ids=["stored at once", "stored late"])
def test_slack_answering_after_the_time_out_makes_one_message(site: Site, late: bool) -> None:
    notifier = site.notifier()
    site.slack.wrong("delay", call=POST, seconds=TIMEOUT + 1, late=late)

    site.tell(alert())
    told_line(site)

    assert len(site.slack.messages) == 1
    assert len(site.slack.called(POST)) == 1
    assert 'result="adopted"} 1.0' in notifier.metrics()


def test_a_hanging_slack_delays_no_page_and_misses_nothing(site: Site) -> None:
    site.notifier()
    site.slack.wrong("drop", call=POST, seconds=60, times=2)

    start = time.time()
    site.tell(*(alert(f"a{number}") for number in range(5)))
    until(lambda: len(site.pager.incidents) == 5, "five pages", 15)
    until(lambda: len(site.slack.messages) == 5, "five messages", 60)
    until(lambda: len(site.ledger()) == 10, "ten lines", 15)

    assert max(one.opened_at for one in site.pager.incidents) - start < TIMEOUT
    assert sorted(one.alert or "" for one in site.slack.messages) == [f"a{n}" for n in range(5)]


def test_a_rate_limit_is_kept_and_delays_no_page(site: Site) -> None:
    site.notifier()
    site.slack.wrong("status", call=POST, status=429, retry_after=3)

    start = time.time()
    site.tell(alert("a1"), alert("a2"))
    until(lambda: len(site.slack.messages) == 2, "two messages", 30)

    assert min(one.at for one in site.slack.messages) - start >= 3
    assert len(site.slack.called(POST)) == 3
    assert max(one.opened_at for one in site.pager.incidents) - start < 3


@pytest.mark.parametrize("stored", [False, True], ids=["lost", "stored"])
def test_a_server_error_makes_one_message(site: Site, stored: bool) -> None:
    site.notifier()
    site.slack.wrong("status", call=POST, status=503, stored=stored)

    site.tell(alert())
    told_line(site)

    assert len(site.slack.messages) == 1


def test_a_pager_out_of_order_pages_once(site: Site) -> None:
    site.notifier()
    for fault in ({"kind": "status", "status": 500, "stored": True}, {"kind": "drop"}):
        site.pager.wrong(**fault)

    site.tell(alert())
    told_line(site, "pagerduty")

    assert len(site.pager.incidents) == 1
    assert len(site.slack.messages) == 1


def test_an_alert_that_ended_before_it_was_told_is_told_once(site: Site) -> None:
    site.tell(alert(), alert(revision=2, **RESOLVED))

    site.notifier()
    until(lambda: site.pager.incidents and site.pager.incidents[0].status == "resolved", "over", 15)
    until(lambda: site.slack.messages, "the message", 15)
    until(lambda: site.lines()[-1:] == [(2, Act.RESOLVED)], "its last line", 15)

    assert len(site.slack.messages) == 1
    assert "✅ RESOLVED" in site.slack.messages[0].words
    assert len(site.pager.incidents) == 1


def test_what_waits_for_slack_survives_a_restart(site: Site) -> None:
    notifier = site.notifier()
    site.slack.wrong("status", call=POST, status=429, retry_after=4)
    site.tell(alert())
    until(lambda: site.slack.called(POST), "Slack refuses", 15)
    until(site.committed, "the offset is committed", 15)

    code = notifier.terminate()
    notifier.start()
    told_line(site)

    assert code == 0
    assert len(site.slack.messages) == 1


def test_sigterm_finishes_what_is_in_flight(site: Site) -> None:
    notifier = site.notifier()
    site.slack.wrong("delay", call=POST, seconds=0.5)
    site.tell(alert())
    until(lambda: site.slack.called(POST), "it is in flight", 15)

    code = notifier.terminate()

    assert code == 0
    assert site.lines() == [(1, Act.NOTIFIED)]
    assert site.committed()


def test_two_notifiers_at_once_tell_everything_once(site: Site) -> None:
    one, two = site.notifier(ready=False), site.notifier(ready=False)
    one.wait_ready()
    two.wait_ready()
    everything = [f"a{number}" for number in range(60)]

    site.tell(*(alert(identity) for identity in everything[:30]))
    until(lambda: len(site.slack.messages) >= 10, "some messages", 30)
    two.kill()
    site.tell(*(alert(identity) for identity in everything[30:]))
    site.tell(*(alert(identity) for identity in everything))
    until(lambda: len(site.slack.messages) >= 60, "sixty messages", 60)
    until(lambda: len(site.lines()) >= 60, "sixty lines", 30)
    until(lambda: len(site.lines("pagerduty")) >= 60, "sixty lines of the pager", 30)

    assert sorted(message.alert or "" for message in site.slack.messages) == sorted(everything)
    assert sorted(one.dedup_key for one in site.pager.incidents) == sorted(everything)


def test_without_redis_nothing_is_sent_and_nothing_is_lost(
    make_site: Callable[..., Site], own_redis: RedisNode
) -> None:
    site = make_site(redis=own_redis.url())
    notifier = site.notifier()
    site.tell(alert("before"))
    until(lambda: site.slack.messages, "the first message", 15)

    own_redis.kill()
    site.tell(*(alert(f"during-{number}") for number in range(5)))
    answer = until(lambda: _unready(notifier), "it says so", 15)
    sent_without = len(site.slack.messages)
    own_redis.start()
    site.tell(alert("after"))
    until(lambda: len(site.slack.messages) >= 7, "seven messages", 30)
    until(notifier.ready, "ready again", 15)
    until(lambda: len(site.lines()) >= 7, "seven lines", 30)

    assert sent_without == 1
    assert "redis does not answer" in answer["faults"]["redis"]
    assert len({message.alert for message in site.slack.messages}) == 7
    assert len(site.slack.messages) == 7
    assert len(site.pager.incidents) == 7


def test_redis_dying_between_slacks_answer_and_the_log_makes_one_message(
    make_site: Callable[..., Site], own_redis: RedisNode
) -> None:
    site = make_site(redis=own_redis.url())
    site.notifier()
    site.slack.wrong("delay", call=POST, seconds=0.7)
    site.tell(alert())
    until(lambda: site.slack.messages, "Slack has the message", 15)

    own_redis.kill()
    own_redis.start()
    told_line(site)

    assert len(site.slack.messages) == 1


def test_a_refusal_stands_in_ledger_and_dead_letters_and_stops_no_page(site: Site) -> None:
    site.notifier()
    site.slack.wrong("error", call=POST, error="channel_not_found")

    site.tell(alert("a1"))
    until(site.dead, "a dead letter", 15)
    site.tell(alert("a2"))
    until(lambda: site.slack.messages, "the next message", 15)
    until(lambda: len(site.pager.incidents) == 2, "both pages", 15)

    (letter,) = site.dead()
    (failed,) = [one for one in site.ledger() if one.act is Act.FAILED]
    assert (failed.alert, failed.receiver, failed.reason) == ("a1", "slack", "channel_not_found")
    assert letter.value == wire(alert("a1"))
    assert letter.headers["reason"] == b"channel_not_found"
    assert letter.headers["where"] == b"notifier:slack"
    assert letter.headers["topic"].decode() == site.prefix + ALERTS
    assert [message.alert for message in site.slack.messages] == ["a2"]


def test_a_malformed_alert_goes_to_the_dead_letters_and_stops_nothing(site: Site) -> None:
    site.notifier()
    bad = [Message(b"{not json", b"k"), Message(b'{"id": "x"}', b"k"), Message(None, b"k")]

    parts.produce(site.kafka, site.prefix + ALERTS, bad)
    site.tell(alert())
    until(lambda: site.slack.messages, "the good one arrives", 15)
    until(lambda: len(site.dead()) == 3, "three dead letters", 15)

    reasons = sorted(one.headers["reason"].decode() for one in site.dead())
    assert all(reason.startswith("malformed alert: ") for reason in reasons)
    assert any("fingerprint: Field required" in reason for reason in reasons)
    assert {one.key for one in site.dead()} == {b"k"}
    until(site.committed, "all offsets are committed", 15)


def test_a_history_that_is_closed_to_us_means_a_marked_repeat(
    make_site: Callable[..., Site],
) -> None:
    site = make_site(SlackStandIn(scopes=frozenset({"chat:write"})))
    notifier = site.notifier()
    site.slack.wrong("drop", call=POST, stored=True)

    site.tell(alert())
    told_line(site)

    assert ["possible repeat" in one.words for one in site.slack.messages] == [False, True]
    assert 'possible_repeats_total{receiver="slack"} 1.0' in notifier.metrics()


def test_on_the_recorded_clock_nobody_is_paged(site: Site) -> None:
    site.notifier(VEDETTE_CLOCK="recorded")

    site.tell(alert())
    told_line(site)

    assert site.pager.calls == []
    assert len(site.slack.messages) == 1


def test_without_a_token_the_console_shows_the_alert(site: Site) -> None:
    notifier = site.notifier(VEDETTE_SLACK_TOKEN="", VEDETTE_PAGERDUTY_ROUTING_KEY="")

    site.tell(alert())
    told_line(site, "console")

    assert "3 proxies endorse the march" in notifier.text()
    assert site.slack.calls == []


def test_a_bad_setting_ends_the_start_in_one_line(site: Site) -> None:
    notifier = site.notifier(ready=False, VEDETTE_CLOCK="sundial")

    code = notifier.wait()

    assert code == 2
    assert len(notifier.text().splitlines()) == 1
    assert "VEDETTE_CLOCK" in notifier.text()
    assert "xoxb-t" not in notifier.text()


def _unready(notifier: Service) -> dict[str, Any]:
    answer = httpx.get(f"{notifier.url}/readyz", timeout=5)
    found: dict[str, Any] = answer.json() if answer.status_code == 503 else {}
    return found
