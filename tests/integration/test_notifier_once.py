"""Every alert arrives exactly once although the notifier, Redis and Slack fail."""

import pytest

from schemas.ledger import Act
from tests.integration.notifier_site import (
    POST,
    RESOLVED,
    TIMEOUT,
    MakeSite,
    NotifierSite,
    read_faults,
    wait_for_line,
)
from tests.notifier.alerts import alert
from tests.parts.redis_server import RedisNode
from tests.parts.waiting import until

pytestmark = pytest.mark.integration


def test_an_alert_is_a_message_and_a_page_and_its_end_is_shown_on_both(site: NotifierSite) -> None:
    notifier = site.notifier()

    site.publish(alert())
    until(lambda: site.slack.messages and site.pager.incidents, "message and page", 15)
    site.publish(alert(revision=2, **RESOLVED))
    until(lambda: site.pager.incidents[0].status == "resolved", "the page is over", 15)
    until(lambda: site.slack.messages[0].edits, "the message is edited", 15)
    until(lambda: len(site.ledger()) == 4, "four lines", 15)

    (message,) = site.slack.messages
    assert "RESOLVED" in message.words
    assert site.lines("slack") == [(1, Act.NOTIFIED), (2, Act.RESOLVED)]
    assert site.lines("pagerduty") == [(1, Act.NOTIFIED), (2, Act.RESOLVED)]
    assert len(site.pager.incidents) == 1
    assert site.committed()
    metrics = notifier.metrics()
    assert 'vedette_notifier_end_to_end_seconds_count{receiver="slack"} 1.0' in metrics
    assert 'notifications_total{receiver="slack",result="edited"} 1.0' in metrics


def test_a_kill_between_slacks_answer_and_the_log_makes_one_message(site: NotifierSite) -> None:
    notifier = site.notifier()
    site.slack.script_fault("hang", call=POST, stored=True)

    site.publish(alert())
    until(lambda: site.slack.messages, "Slack has the message", 15)
    notifier.kill()
    site.slack.release()
    notifier.start()
    wait_for_line(site)
    site.publish(alert(revision=2, **RESOLVED))
    until(lambda: site.slack.messages[0].edits, "the same message is edited", 15)

    assert len(site.slack.messages) == 1
    reasons = [line.reason for line in site.ledger() if line.receiver == "slack"]
    assert reasons[0] == "found after an unknown outcome"
    assert len(site.slack.called(POST)) == 1
    assert "POSSIBLE REPEAT" not in site.slack.messages[0].words


def test_a_kill_before_slack_has_the_message_loses_nothing(site: NotifierSite) -> None:
    notifier = site.notifier()
    site.slack.script_fault("drop", call=POST, seconds=30)

    site.publish(alert())
    until(lambda: site.slack.called(POST), "Slack is asked", 15)
    notifier.kill()
    notifier.start()
    wait_for_line(site)

    assert len(site.slack.messages) == 1


@pytest.mark.parametrize("late", [False, True], ids=["stored at once", "stored late"])
def test_slack_answering_after_the_time_out_makes_one_message(
    site: NotifierSite, late: bool
) -> None:
    notifier = site.notifier()
    site.slack.script_fault("delay", call=POST, seconds=TIMEOUT + 1, late=late)

    site.publish(alert())
    wait_for_line(site)

    assert len(site.slack.messages) == 1
    assert len(site.slack.called(POST)) == 1
    assert 'result="adopted"} 1.0' in notifier.metrics()


def test_an_alert_that_ended_before_it_was_sent_is_sent_once(site: NotifierSite) -> None:
    site.publish(alert(), alert(revision=2, **RESOLVED))

    site.notifier()
    until(lambda: site.pager.incidents and site.pager.incidents[0].status == "resolved", "over", 15)
    until(lambda: site.slack.messages, "the message", 15)
    until(lambda: site.lines()[-1:] == [(2, Act.RESOLVED)], "its last line", 15)

    assert len(site.slack.messages) == 1
    assert "RESOLVED" in site.slack.messages[0].words
    assert len(site.pager.incidents) == 1


def test_two_notifiers_send_every_alert_once(site: NotifierSite) -> None:
    first, second = site.notifier(ready=False), site.notifier(ready=False)
    first.wait_ready()
    second.wait_ready()
    everything = [f"a{number}" for number in range(60)]

    site.publish(*(alert(identity) for identity in everything[:30]))
    until(lambda: len(site.slack.messages) >= 10, "some messages", 30)
    second.kill()
    site.publish(*(alert(identity) for identity in everything[30:]))
    site.publish(*(alert(identity) for identity in everything))
    until(lambda: len(site.slack.messages) >= 60, "sixty messages", 60)
    until(lambda: len(site.lines()) >= 60, "sixty lines", 30)
    until(lambda: len(site.lines("pagerduty")) >= 60, "sixty lines of the pager", 30)

    assert sorted(message.alert or "" for message in site.slack.messages) == sorted(everything)
    assert sorted(incident.dedup_key for incident in site.pager.incidents) == sorted(everything)


def test_without_redis_nothing_is_sent_and_nothing_is_lost(
    make_site: MakeSite, own_redis: RedisNode
) -> None:
    site = make_site(redis=own_redis.url())
    notifier = site.notifier()
    site.publish(alert("before"))
    until(lambda: site.slack.messages, "the first message", 15)

    own_redis.kill()
    site.publish(*(alert(f"during-{number}") for number in range(5)))
    answer = until(lambda: read_faults(notifier), "it says so", 15)
    sent_without = len(site.slack.messages)
    own_redis.start()
    site.publish(alert("after"))
    until(lambda: len(site.slack.messages) >= 7, "seven messages", 30)
    until(notifier.ready, "ready again", 15)
    until(lambda: len(site.lines()) >= 7, "seven lines", 30)

    assert sent_without == 1
    assert "redis does not answer" in answer["faults"]["redis"]
    assert len({message.alert for message in site.slack.messages}) == 7
    assert len(site.slack.messages) == 7
    assert len(site.pager.incidents) == 7


def test_redis_dying_between_slacks_answer_and_the_log_makes_one_message(
    make_site: MakeSite, own_redis: RedisNode
) -> None:
    site = make_site(redis=own_redis.url())
    site.notifier()
    site.slack.script_fault("delay", call=POST, seconds=0.7)
    site.publish(alert())
    until(lambda: site.slack.messages, "Slack has the message", 15)

    own_redis.kill()
    own_redis.start()
    wait_for_line(site)

    assert len(site.slack.messages) == 1
