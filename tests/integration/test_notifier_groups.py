"""A storm under a file of routes: few messages, nothing lost, and what is critical first."""

import os
import sys
import threading
import time
from pathlib import Path

import pytest

from schemas.alert import Alert, Level, RuleRef
from schemas.ledger import SHOWN, Act
from tests.integration.notifier_site import RESOLVED, NotifierSite
from tests.notifier.alerts import alert
from tests.parts.processes import Service
from tests.parts.waiting import until

pytestmark = pytest.mark.integration

STORM, SECONDS = 3_000, 3
ROUTES = """
route:
  receiver: slack
  group_by: [rule]
  group_wait: 2s
  group_interval: 5s
  repeat_interval: 1h
  routes:
    - {receiver: pagerduty, matchers: [level=critical], continue: true}
    - {receiver: slack}
"""


def start_notifier(site: NotifierSite) -> Service:
    """One more notifier with these routes."""
    path = site.folder / "routes.yaml"
    path.write_text(ROUTES, encoding="utf-8")
    return site.notifier(VEDETTE_ROUTES_FILE=str(path))


def read_memory(pid: int) -> int:
    """Resident bytes."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def critical(number: int) -> Alert:
    return alert(f"critical-{number}", level=Level.CRITICAL, group={"country": f"C{number}"})


def test_a_storm_is_a_few_messages_and_critical_alerts_pass_it(
    site: NotifierSite, capsys: pytest.CaptureFixture[str]
) -> None:
    site.slack.pace = 1
    pid = start_notifier(site).pid
    before = read_memory(pid)
    storm = threading.Thread(target=rage, args=(site,))
    storm.start()
    time.sleep(SECONDS / 2)

    first = count_posts(site, "country: C0", critical(0))
    until(lambda: site.pager.of("critical-0"), "the first is paged", 60)
    storm.join()
    twenty = count_posts(site, "20 FIRING", *(critical(number) for number in range(1, 20)))
    until(lambda: len(list_shown(site)) == STORM + 20, "nothing is lost", 60)
    grown = (read_memory(pid) - before) / 2**20
    with capsys.disabled():
        told = f"message {first}, twenty after {twenty} more, +{grown:.0f} MB"
        sys.stdout.write(f"\ncritical in a storm: {told}\n")

    assert first <= 5  # the storm began before it, and its ten groups are a message each
    assert twenty <= 11
    assert grown < 150
    assert (len(site.pager.incidents), len(site.slack.roots)) == (20, 11)
    assert len(site.slack.messages) < 40


def count_posts(site: NotifierSite, words: str, *alerts: Alert) -> int:
    """How many messages are posted until these alerts show these words."""
    before = len(site.slack.messages)
    site.publish(*alerts)
    until(lambda: is_shown(site, words), f"{words} is shown", 60)
    return len(site.slack.messages) - before


def rage(site: NotifierSite) -> None:
    """A thousand alerts a second, of ten rules."""
    rules = [RuleRef(name=f"rule_{n}", title=f"Rule {n}", level=Level.LOW) for n in range(10)]
    began, part = time.monotonic(), STORM // SECONDS
    for second in range(SECONDS):
        numbers = range(second * part, (second + 1) * part)
        site.publish(*(alert(f"a{n}", level=Level.LOW, rule=rules[n % 10]) for n in numbers))
        time.sleep(max(0.0, began + second + 1 - time.monotonic()))


def is_shown(site: NotifierSite, words: str) -> bool:
    return any(words in each.words for each in site.slack.roots)


def list_shown(site: NotifierSite) -> set[str]:
    """The alerts that the channel shows, by the ledger."""
    return {
        line.alert
        for line in site.ledger()
        if line.receiver == "slack" and line.act in SHOWN and not line.alert.startswith("group/")
    }


def test_two_notifiers_that_are_killed_make_one_message_of_a_group(site: NotifierSite) -> None:
    services = [start_notifier(site) for _ in range(2)]
    site.slack.script_fault("delay", call="chat.postMessage", seconds=0.5, times=9)

    for number in range(4):
        site.publish(alert(f"a{number}", group={"country": f"C{number}"}))
        time.sleep(0.7)
        services[number % 2].kill()
        services[number % 2].start()
    site.publish(alert("a0", 2, group={"country": "C0"}, **RESOLVED))
    until(lambda: (Act.RESOLVED, "a0") in list_acts(site), "its end is told", 60)
    until(lambda: len(list_shown(site)) == 4, "all are shown", 60)

    [root] = site.slack.roots
    told = [reply.words for reply in site.slack.thread(root)]
    assert len(set(told)) == len(told)
    assert "3 FIRING" in root.words


def list_acts(site: NotifierSite) -> list[tuple[Act, str]]:
    return [(line.act, line.alert) for line in site.ledger() if line.receiver == "slack"]
