"""The same notifications as Debian's Alertmanager daemon, for the same alerts and timers.

One run of the daemon serves every case: each has a receiver of its own. Timers are short; what is
compared is which notifications are sent, and which alerts each names as firing and as ended.
"""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from schemas.alert import Alert, Level, RuleRef, Status
from services.notifier.adapters.routes_file import parse_routes
from services.notifier.domain.entry import has_ended
from services.notifier.domain.ports import Notice
from tests.notifier.alerts import alert
from tests.notifier.grouping.group_desk import GroupDesk
from tests.parts.alertmanager import DAEMON, MISSING, run_alertmanager
from tests.standins.inbox import InboxStandIn

UNITS = (0.6, 1.5, 4.0)
"""Seconds of the daemon's time in a unit of a case's; ours are on a clock that jumps.

On a busy machine the daemon is late for short ones: where it differs, it is asked again slowly.
"""
END = 11.5
TIMERS = {"group_wait": 1, "group_interval": 3, "repeat_interval": 1000}

pytestmark = pytest.mark.skipif(DAEMON is None, reason=MISSING)

Sent = tuple[frozenset[str], frozenset[str]]
"""Which alerts a notification names as firing, and which as ended."""


@dataclass(frozen=True, slots=True)
class Step:
    """At a time an alert fires, or ends; its labels are a rule and a country."""

    at: float
    name: str
    labels: dict[str, str] = field(default_factory=dict)
    ends: bool = False


def fires(at: float, name: str, **labels: str) -> Step:
    return Step(at, name, labels)


def ends(at: float, name: str, **labels: str) -> Step:
    return Step(at, name, labels, ends=True)


@dataclass(frozen=True, slots=True)
class Case:
    """Steps under a route."""

    steps: tuple[Step, ...]
    route: dict[str, Any] = field(default_factory=dict)


INHIBIT = {
    "source_matchers": ["rule=cause"],
    "target_matchers": ["rule=~effect|cause"],
    "equal": ["group_country"],
}
CASES = {
    "alerts within group_wait are one": Case((fires(0, "a"), fires(0.5, "b"))),
    "groups by a label": Case(
        (fires(0, "a", rule="x"), fires(0.3, "b", rule="y"), fires(0.3, "c", rule="x")),
        {"group_by": ["rule"]},
    ),
    "an absent label is a value": Case(
        (fires(0, "a"), fires(0.3, "b", country="IQ"), fires(0.3, "c")),
        {"group_by": ["group_country"]},
    ),
    "each alert by itself": Case((fires(0, "a"), fires(0.3, "b")), {"group_by": ["..."]}),
    "a new one waits for the interval": Case((fires(0, "a"), fires(2, "b"))),
    "changes of an interval are one": Case(
        (fires(0, "a"), fires(2, "b"), ends(2.5, "a"), fires(3, "c"))
    ),
    "the last one ends": Case((fires(0, "a"), ends(2, "a"))),
    "all end at once": Case((fires(0, "a"), fires(0.3, "b"), ends(2, "a"), ends(2.5, "b"))),
    "one ends while another fires": Case((fires(0, "a"), fires(0.3, "b"), ends(2, "b"))),
    "what ends within group_wait": Case((fires(0, "a"), ends(0.5, "a"))),
    "what ends within group_wait beside another": Case(
        (fires(0, "a"), fires(0.3, "b"), ends(0.5, "a"))
    ),
    "it fires and ends within an interval": Case((fires(0, "a"), fires(2, "b"), ends(3, "b"))),
    "a repeat": Case((fires(0, "a"),), {"repeat_interval": 5}),
    "a repeat counts from the last change": Case(
        (fires(0, "a"), fires(2, "b")), {"repeat_interval": 5}
    ),
    "no repeat of what ended": Case((fires(0, "a"), ends(2, "a")), {"repeat_interval": 5}),
    "an effect is inhibited": Case(
        (fires(0, "a", rule="cause", country="IQ"), fires(0.3, "b", rule="effect", country="IQ")),
    ),
    "until its cause ends": Case(
        (
            fires(0, "a", rule="cause", country="IQ"),
            fires(0.3, "b", rule="effect", country="IQ"),
            ends(5.5, "a", rule="cause", country="IQ"),
        ),
    ),
    "another country's is not": Case(
        (fires(0, "a", rule="cause", country="IQ"), fires(0.3, "b", rule="effect", country="IR")),
    ),
    "absent labels are equal": Case((fires(0, "a", rule="cause"), fires(0.3, "b", rule="effect"))),
    "what matches both sides inhibits not itself": Case((fires(0, "a", rule="cause"),)),
    "nor another that does": Case((fires(0, "a", rule="cause"), fires(0.3, "b", rule="cause"))),
    "an inhibited one ends unseen": Case(
        (
            fires(0, "a", rule="cause"),
            fires(0.3, "b", rule="effect"),
            ends(2, "b", rule="effect"),
            ends(5.5, "a", rule="cause"),
        ),
    ),
    "a mute interval": Case((fires(0, "a"),), {"mute_time_intervals": ["always"]}),
    "outside the active interval": Case((fires(0, "a"),), {"active_time_intervals": ["never"]}),
    "within the active interval": Case((fires(0, "a"),), {"active_time_intervals": ["always"]}),
}
INTERVALS = [
    {
        "name": "always",
        "time_intervals": [{"times": [{"start_time": "00:00", "end_time": "24:00"}]}],
    },
    {"name": "never", "time_intervals": [{"years": ["1999"]}]},
]


def write_cases(webhook: str, unit: float) -> dict[str, Any]:
    """All cases as one configuration: a route and a receiver each."""
    cases = list(enumerate(CASES.values()))
    routes = [
        {"receiver": str(number), "matchers": [f'case="{number}"']}
        | format_timers(TIMERS | case.route, lambda units: f"{int(units * unit * 1000)}ms")
        for number, case in cases
    ]
    rule = INHIBIT | {"equal": ["group_country", "case"]}
    receivers = [
        {"name": str(number), "webhook_configs": [{"url": f"{webhook}/{number}"}]}
        for number, _ in cases
    ]
    return {
        "route": {"receiver": "0", "routes": routes},
        "receivers": receivers,
        "inhibit_rules": [rule],
        "time_intervals": INTERVALS,
    }


def format_timers(route: dict[str, Any], write: Any) -> dict[str, Any]:
    return {key: write(value) if key in TIMERS else value for key, value in route.items()}


def ask_daemon(folder: Path, unit: float) -> dict[int, list[Sent]]:
    """What the daemon sends in each case."""
    sent: dict[int, list[Sent]] = {}
    with InboxStandIn() as inbox:
        with run_alertmanager(write_cases(inbox.url, unit), folder) as client:
            play(client, unit)
        for call in inbox.calls:
            sent.setdefault(int(call.name), []).append(read_call(call.body))
    return sent


def read_call(body: dict[str, Any]) -> Sent:
    names: dict[str, set[str]] = {"firing": set(), "resolved": set()}
    for each in body["alerts"]:
        names[each["status"]].add(each["labels"]["name"])
    return frozenset(names["firing"]), frozenset(names["resolved"])


def play(client: httpx.Client, unit: float) -> None:
    """Send the steps of all cases at their times, those of one time together, and wait."""
    steps = [(step, number) for number, case in enumerate(CASES.values()) for step in case.steps]
    steps.sort(key=lambda timed: timed[0].at)
    starts: dict[tuple[int, str], str] = {}
    began = time.monotonic()
    for at, together in groupby(steps, key=lambda timed: timed[0].at):
        time.sleep(max(0.0, began + at * unit - time.monotonic()))
        alerts = [write_alert(step, number, starts) for step, number in together]
        client.post("/alerts", json=alerts).raise_for_status()
    time.sleep(max(0.0, began + END * unit - time.monotonic()))


def write_alert(step: Step, number: int, starts: dict[tuple[int, str], str]) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat()
    since = starts.setdefault((number, step.name), now)
    body = {"labels": write_labels(step, number), "startsAt": since}
    return body | ({"endsAt": now} if step.ends else {})


def write_labels(step: Step, number: int) -> dict[str, str]:
    labels = {"case": str(number), "name": step.name, "rule": step.labels.get("rule", "march")}
    country = step.labels.get("country")
    return labels | ({"group_country": country} if country else {})


class Ours:
    """A channel at noon, under the routes of one case; a unit is a second."""

    def __init__(self, case: Case) -> None:
        matching = {"matchers": ['rule=~".+"']}
        text = {
            "route": {"receiver": "slack", "routes": [matching | self._route(case)]},
            "inhibit_rules": [INHIBIT],
            "time_intervals": INTERVALS,
        }
        self.routing = parse_routes("r", yaml.safe_dump(text).encode(), ("slack",))
        self.desk = GroupDesk(self.routing)
        self.began = self.desk.clock()

    @staticmethod
    def _route(case: Case) -> dict[str, Any]:
        return format_timers(TIMERS | case.route, lambda units: f"{units}s")

    def play(self, case: Case) -> list[Sent]:
        """What the channel shows, message after message and edit after edit."""
        for step in sorted(case.steps, key=lambda step: step.at):
            self.desk.handle_until(self.began + timedelta(seconds=step.at))
            shown = make_alert(step)
            self.desk.firing.note([shown], self.routing.inhibit_rules, self.desk.clock())
            self.desk.queue(shown)
        self.desk.handle_until(self.began + timedelta(seconds=END))
        return [read_sent(notice) for notice in self.desk.receiver.history]


def make_alert(step: Step) -> Alert:
    name = step.labels.get("rule", "march")
    country = step.labels.get("country")
    return alert(
        step.name,
        2 if step.ends else 1,
        status=Status.RESOLVED if step.ends else Status.FIRING,
        rule=RuleRef(name=name, title=name, level=Level.HIGH),
        group={"country": country} if country else {},
    )


def read_sent(notice: Notice) -> Sent:
    group = notice.group
    assert group is not None
    over = [each.member.alert for each in group.changes if has_ended(each.member.alert)]
    return (
        frozenset(member.alert.id for member in group.firing),
        frozenset(ended.id for ended in over),
    )


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> dict[int, list[Sent]]:
    sent: dict[int, list[Sent]] = {}
    for unit in UNITS:
        sent = ask_daemon(tmp_path_factory.mktemp("alertmanager"), unit)
        if all(play_ours(name) == find_sent(sent, name) for name in CASES):
            break
    return sent


def play_ours(name: str) -> list[Sent]:
    return Ours(CASES[name]).play(CASES[name])


def find_sent(sent: dict[int, list[Sent]], name: str) -> list[Sent]:
    return sent.get(list(CASES).index(name), [])


@pytest.mark.parametrize("name", CASES)
def test_the_notifications_are_those_of_alertmanager(
    sent: dict[int, list[Sent]], name: str
) -> None:
    assert play_ours(name) == find_sent(sent, name)


def test_all_but_the_silent_cases_were_notified(sent: dict[int, list[Sent]]) -> None:
    silent = [name for number, name in enumerate(CASES) if number not in sent]

    assert silent == [
        "what ends within group_wait",
        "a mute interval",
        "outside the active interval",
    ]
