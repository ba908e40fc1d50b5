"""The notifier as a process, with receivers that fail and messages that cannot be read."""

import sys
import time

import pytest

from schemas.alert import Level
from schemas.duty import RECEIVER_DOWN
from schemas.ledger import Act
from schemas.topics import ALERTS
from tests.integration.notifier_site import POST, TIMEOUT, MakeSite, NotifierSite, wait_for_line
from tests.notifier.alerts import alert, wire
from tests.parts import topics as parts
from tests.parts.topics import TopicMessage
from tests.parts.waiting import until
from tests.standins.slack import SlackStandIn

pytestmark = pytest.mark.integration


def test_only_levels_from_high_page(site: NotifierSite) -> None:
    site.notifier()

    site.publish(
        alert("medium", level=Level.MEDIUM),
        alert("high"),
        alert("drill", exercise=True),
        alert("old", backfill=True),
    )
    until(lambda: len(site.slack.messages) == 4, "four messages", 15)
    until(lambda: len(site.ledger()) == 8, "eight lines", 15)

    assert [incident.dedup_key for incident in site.pager.incidents] == ["high"]
    held_back = {line.alert: line.reason for line in site.ledger() if line.act is Act.HELD_BACK}
    assert held_back == {
        "medium": "below the receiver's level",
        "drill": "a drill pages nobody",
        "old": "a backfill pages nobody",
    }


def test_a_hanging_slack_delays_no_page_and_misses_nothing(site: NotifierSite) -> None:
    site.notifier()
    site.slack.script_fault("drop", call=POST, seconds=60, times=2)

    start = time.time()
    site.publish(*(alert(f"a{number}") for number in range(5)))
    until(lambda: len(site.pager.incidents) == 5, "five pages", 15)
    until(lambda: len(site.slack.messages) == 5, "five messages", 60)
    until(lambda: len(site.lines() + site.lines("pagerduty")) == 10, "ten lines", 15)

    assert max(incident.opened_at for incident in site.pager.incidents) - start < TIMEOUT
    assert sorted(message.alert or "" for message in site.slack.messages) == [
        f"a{n}" for n in range(5)
    ]


def test_a_rate_limit_is_respected_and_delays_no_page(site: NotifierSite) -> None:
    site.notifier()
    site.slack.script_fault("status", call=POST, status=429, retry_after=3)

    start = time.time()
    site.publish(alert("a1"), alert("a2"))
    until(lambda: len(site.slack.messages) == 2, "two messages", 30)

    assert min(message.at for message in site.slack.messages) - start >= 3
    assert len(site.slack.called(POST)) == 3
    assert max(incident.opened_at for incident in site.pager.incidents) - start < 3


@pytest.mark.parametrize("stored", [False, True], ids=["lost", "stored"])
def test_a_server_error_makes_one_message(site: NotifierSite, stored: bool) -> None:
    site.notifier()
    site.slack.script_fault("status", call=POST, status=503, stored=stored)

    site.publish(alert())
    wait_for_line(site)

    assert len(site.slack.messages) == 1


def test_a_failing_pager_pages_once(site: NotifierSite) -> None:
    site.notifier()
    for fault in ({"kind": "status", "status": 500, "stored": True}, {"kind": "drop"}):
        site.pager.script_fault(**fault)

    site.publish(alert())
    wait_for_line(site, "pagerduty")

    assert len(site.pager.incidents) == 1
    assert len(site.slack.messages) == 1


def test_a_job_deferred_for_slack_survives_a_restart(site: NotifierSite) -> None:
    notifier = site.notifier()
    site.slack.script_fault("status", call=POST, status=429, retry_after=4)
    site.publish(alert())
    until(lambda: site.slack.called(POST), "Slack refuses", 15)
    until(site.committed, "the offset is committed", 15)

    code = notifier.terminate()
    notifier.start()
    wait_for_line(site)

    assert code == 0
    assert len(site.slack.messages) == 1


def test_sigterm_finishes_what_is_in_flight(site: NotifierSite) -> None:
    notifier = site.notifier()
    site.slack.script_fault("delay", call=POST, seconds=0.5)
    site.publish(alert())
    until(lambda: site.slack.called(POST), "it is in flight", 15)

    code = notifier.terminate()

    assert code == 0
    assert site.lines() == [(1, Act.NOTIFIED)]
    assert site.committed()


def test_a_refusal_is_in_ledger_and_dead_letters_and_stops_no_page(site: NotifierSite) -> None:
    site.notifier()
    site.slack.script_fault("error", call=POST, error="msg_too_long", times=2)

    site.publish(alert("a1"))
    until(site.dead_letters, "a dead letter", 15)
    site.publish(alert("a2"))
    until(lambda: site.slack.messages, "the next message", 15)
    until(lambda: len(site.pager.incidents) == 2, "both pages", 15)

    (letter,) = site.dead_letters()
    (failed,) = [line for line in site.ledger() if line.act is Act.FAILED]
    assert (failed.alert, failed.receiver, failed.reason) == ("a1", "slack", "msg_too_long")
    assert letter.value == wire(alert("a1"))
    assert letter.headers["reason"] == b"msg_too_long"
    assert letter.headers["where"] == b"notifier:slack"
    assert letter.headers["topic"].decode() == site.prefix + ALERTS
    assert [message.alert for message in site.slack.messages] == ["a2"]


def test_a_revoked_token_loses_nothing_and_is_known_at_the_pager_and_at_readyz(
    site: NotifierSite,
) -> None:
    site.slack.script_fault("error", call="auth.test", error="token_revoked")
    site.slack.script_fault("error", call=POST, error="token_revoked", times=3)
    notifier = site.notifier(ready=False)

    site.publish(*(alert(f"a{number}") for number in range(5)))
    until(lambda: len(site.pager.incidents) == 5, "all are paged", 15)
    until(lambda: len(site.slack.messages) == 5, "all are in the channel after the repair", 60)
    notifier.wait_ready()

    (signal, *_) = site.signals()
    assert (signal.rule, signal.group) == (RECEIVER_DOWN, {"receiver": "slack"})
    assert site.dead_letters() == []


def test_a_critical_alert_passes_a_storm_of_low_ones(site: NotifierSite) -> None:
    site.slack.pace = 1
    site.notifier()
    site.publish(*(alert(f"low-{number}", level=Level.LOW) for number in range(300)))
    until(lambda: len(site.slack.messages) > 2, "the storm is being told", 15)

    site.publish(*(alert(f"critical-{number}", level=Level.CRITICAL) for number in range(3)))
    until(lambda: site.slack.of("critical-2"), "the critical ones are in the channel", 60)

    assert len(site.slack.messages) < 20


def test_a_critical_alert_passes_ten_thousand_others_at_every_receiver(
    site: NotifierSite, capsys: pytest.CaptureFixture[str]
) -> None:
    site.slack.pace = 1
    site.notifier()
    others = (alert(f"a{n}", level=Level.LOW if n % 2 else Level.HIGH) for n in range(10_000))
    site.publish(*others)

    began = time.monotonic()
    site.publish(alert("critical", level=Level.CRITICAL))
    until(lambda: site.pager.of("critical"), "it is paged", 60)
    paged = time.monotonic() - began
    until(lambda: site.slack.of("critical"), "it is in the channel", 60)
    with capsys.disabled():
        shown = time.monotonic() - began
        sys.stdout.write(f"\nbehind 10,000: paged {paged:.1f} s, in Slack {shown:.1f} s\n")

    assert len(site.pager.incidents) < 2_500
    assert len(site.slack.messages) < 60


def test_a_malformed_alert_goes_to_the_dead_letters_and_stops_nothing(site: NotifierSite) -> None:
    site.notifier()
    bad = [
        TopicMessage(b"{not json", b"k"),
        TopicMessage(b'{"id": "x"}', b"k"),
        TopicMessage(None, b"k"),
    ]

    parts.produce(site.kafka, site.prefix + ALERTS, bad)
    site.publish(alert())
    until(lambda: site.slack.messages, "the good one arrives", 15)
    until(lambda: len(site.dead_letters()) == 3, "three dead letters", 15)

    reasons = sorted(letter.headers["reason"].decode() for letter in site.dead_letters())
    assert all(reason.startswith("malformed alert: ") for reason in reasons)
    assert any("fingerprint: is missing" in reason for reason in reasons)
    assert {letter.key for letter in site.dead_letters()} == {b"k"}
    until(site.committed, "all offsets are committed", 15)


def test_without_access_to_the_history_a_repeat_is_marked(
    make_site: MakeSite,
) -> None:
    site = make_site(SlackStandIn(scopes=frozenset({"chat:write"})))
    notifier = site.notifier()
    site.slack.script_fault("drop", call=POST, stored=True)

    site.publish(alert())
    wait_for_line(site)

    assert ["POSSIBLE REPEAT" in message.words for message in site.slack.messages] == [False, True]
    assert 'possible_repeats_total{receiver="slack"} 1.0' in notifier.metrics()


def test_on_the_recorded_clock_nobody_is_paged(site: NotifierSite) -> None:
    site.notifier(VEDETTE_CLOCK="recorded")

    site.publish(alert())
    wait_for_line(site)

    assert site.pager.calls == []
    assert len(site.slack.messages) == 1


def test_without_a_token_the_console_shows_the_alert(site: NotifierSite) -> None:
    notifier = site.notifier(VEDETTE_SLACK_TOKEN="", VEDETTE_PAGERDUTY_ROUTING_KEY="")

    site.publish(alert())
    wait_for_line(site, "console")

    assert "3 proxies endorse the march" in notifier.text()
    assert site.slack.calls == []


def test_a_bad_setting_ends_the_start_in_one_line(site: NotifierSite) -> None:
    notifier = site.notifier(ready=False, VEDETTE_CLOCK="sundial")

    code = notifier.wait()

    assert code == 2
    assert len(notifier.text().splitlines()) == 1
    assert "VEDETTE_CLOCK" in notifier.text()
    assert "xoxb-t" not in notifier.text()
