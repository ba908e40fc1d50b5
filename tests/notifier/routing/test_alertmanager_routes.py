"""The same receivers, groups and inhibited alerts as Debian's Alertmanager, for random routes.

One daemon serves all trees: it is reloaded for each, and asked for the groups of the alerts that
it was sent. Every route has a receiver of its own, so a group shows the route that took the alert.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from schemas.alert import Alert, Level, RuleRef
from services.notifier.adapters.routes_file import parse_routes
from services.notifier.domain.placement import place_alert
from services.notifier.domain.routing.inhibition import FiringAlert
from services.notifier.domain.routing.inhibition_index import InhibitionIndex
from services.notifier.domain.routing.labels import label_alert
from services.notifier.domain.routing.tree import Routing, find_routes
from tests.examples import scale_examples
from tests.notifier.alerts import alert
from tests.parts.alertmanager import DAEMON, MISSING, reload_config, run_alertmanager
from tests.parts.waiting import NotInTime, until

ALERTS = 14
SECONDS = 20
CASE, NAME = "case", "name"
"""Labels that the daemon alone sees: of which tree an alert is, and which one it is."""
VALUES: Mapping[str, Sequence[str]] = {
    "level": ("low", "high", "critical"),
    "rule": ("march", "rockets"),
    "uncorroborated": ("true", "false"),
    "hypothesis": ("", "mlcoa"),
    "group_place": ("", "Taji", "Balad", 'a"b'),
    "group_actor": ("", "badr"),
}
EXPRESSIONS = (".*", ".+", "", "high|critical", "[^m].*", "(?i)TAJI|balad", "true", "b.*")
INTERVALS = (
    {
        "name": "nights",
        "time_intervals": [{"times": [{"start_time": "22:00", "end_time": "24:00"}]}],
    },
)

pytestmark = pytest.mark.skipif(DAEMON is None, reason=MISSING)

Group = tuple[str, frozenset[str]]
"""A receiver, and the alerts that one of its notifications has."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The groups of some alerts, and which of them are inhibited."""

    groups: frozenset[Group]
    inhibited: frozenset[str]


@st.composite
def matchers(draw: st.DrawFn) -> str:
    name, operator = (
        draw(st.sampled_from(list(VALUES))),
        draw(st.sampled_from(("=", "!=", "=~", "!~"))),
    )
    value = draw(st.sampled_from(EXPRESSIONS if "~" in operator else VALUES[name]))
    escaped = value.replace('"', '\\"')
    return f'{name}{operator}"{escaped}"'


matcher_lists = st.lists(matchers(), min_size=1, max_size=2)
names = st.lists(st.sampled_from(list(VALUES)), unique=True, max_size=2)
options = st.fixed_dictionaries(
    {},
    optional={
        "continue": st.booleans(),
        "group_by": st.one_of(names, st.just(["..."])),
        "group_wait": st.sampled_from(("0s", "1m", "1h30m")),
        "group_interval": st.sampled_from(("10s", "5m")),
        "repeat_interval": st.sampled_from(("1h", "4h")),
        "mute_time_intervals": st.just(["nights"]),
        "active_time_intervals": st.just(["nights"]),
    },
)


@st.composite
def routes(draw: st.DrawFn, depth: int = 2) -> dict[str, Any]:
    below = draw(st.lists(routes(depth - 1), max_size=3)) if depth else []
    return draw(options) | {"matchers": draw(matcher_lists), "routes": below}


inhibit_rules = st.fixed_dictionaries(
    {"source_matchers": matcher_lists, "target_matchers": matcher_lists, "equal": names}
)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A file of routes, each with a receiver of its own."""
    top = {
        key: value for key, value in draw(options).items() if key.startswith(("group", "repeat"))
    }
    root = top | {"routes": draw(st.lists(routes(), min_size=1, max_size=4))}
    for number, route in enumerate(list_routes(root)):
        route["receiver"] = f"r{number}"
    rules = draw(st.lists(inhibit_rules, max_size=2))
    return {"route": root, "inhibit_rules": rules, "time_intervals": list(INTERVALS)}


@st.composite
def labelled(draw: st.DrawFn) -> dict[str, str]:
    return {name: draw(st.sampled_from(values)) for name, values in VALUES.items()}


def list_routes(route: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield route
    for below in route.get("routes", []):
        yield from list_routes(below)


def list_receivers(document: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(route["receiver"] for route in list_routes(document["route"]))


def make_alert(number: int, labels: Mapping[str, str]) -> Alert:
    group = {name.removeprefix("group_"): value for name, value in labels.items() if value}
    return alert(
        f"a{number}",
        rule=RuleRef(name=labels["rule"], title="t", level=Level.HIGH),
        level=Level(labels["level"]),
        uncorroborated=labels["uncorroborated"] == "true",
        hypotheses=(labels["hypothesis"],) if labels["hypothesis"] else (),
        group={name: value for name, value in group.items() if name in ("place", "actor")},
    )


class Daemon:
    """Alertmanager, reloaded for each tree."""

    def __init__(self, client: httpx.Client, folder: Path) -> None:
        self.client = client
        self.folder = folder
        self.cases = count()

    def ask(self, document: Mapping[str, Any], alerts: Sequence[Alert], expected: Answer) -> Answer:
        """Its answer: the one that is expected as soon as it gives that, else its last one."""
        case = str(next(self.cases))
        reload_config(self.client, complete(document), self.folder)
        written = [{"labels": write_labels(each, case)} for each in alerts]
        self.client.post("/alerts", json=written).raise_for_status()
        with suppress(NotInTime):
            until(lambda: self.read(case) == expected, "the same answer", SECONDS)
        return self.read(case)

    def read(self, case: str) -> Answer:
        chosen = {"filter": f'{CASE}="{case}"'}
        shown = self.client.get("/alerts/groups", params=chosen).raise_for_status().json()
        inhibited = {
            each["labels"][NAME]
            for group in shown
            for each in group["alerts"]
            if each["status"]["inhibitedBy"]
        }
        groups = (
            (group["receiver"]["name"], frozenset(each["labels"][NAME] for each in group["alerts"]))
            for group in shown
        )
        return Answer(frozenset(groups), frozenset(inhibited))


def complete(document: Mapping[str, Any]) -> dict[str, Any]:
    """The file with its receivers; alerts of one tree inhibit none of another."""
    receivers = [{"name": name} for name in list_receivers(document)]
    rules = [rule | {"equal": [*rule["equal"], CASE]} for rule in document["inhibit_rules"]]
    return {**document, "receivers": receivers, "inhibit_rules": rules}


def write_labels(shown: Alert, case: str) -> dict[str, str]:
    labels = {name: values[0] for name, values in label_alert(shown).items() if values}
    return labels | {CASE: case, NAME: shown.id}


def ask_ours(routing: Routing, alerts: Sequence[Alert]) -> Answer:
    """Every alert in the groups of the receivers that its routes lead to."""
    now = datetime(2026, 11, 27, 12, tzinfo=UTC)
    groups: dict[tuple[str, str | None], set[str]] = {}
    for each in alerts:
        for route in find_routes(routing.root, label_alert(each)):
            group = place_alert(routing, each, route.receiver, now)
            groups.setdefault((route.receiver, group), set()).add(each.id)
    firing = [FiringAlert(each.id, label_alert(each)) for each in alerts]
    index = InhibitionIndex.of(routing.inhibit_rules, firing)
    inhibited = (each.id for each in firing if index.find(each))
    found = ((receiver, frozenset(members)) for (receiver, _), members in groups.items())
    return Answer(frozenset(found), frozenset(inhibited))


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    folder = tmp_path_factory.mktemp("alertmanager")
    nothing = {"route": {"receiver": "r0"}, "receivers": [{"name": "r0"}]}
    with run_alertmanager(nothing, folder) as client:
        yield Daemon(client, folder)


@given(
    document=documents(),
    drawn=st.lists(labelled(), min_size=ALERTS, max_size=ALERTS),
)
@settings(
    max_examples=scale_examples(40),
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
def test_random_routes_place_random_alerts_as_alertmanager_does(
    daemon: Daemon, document: dict[str, Any], drawn: list[dict[str, str]]
) -> None:
    alerts = [make_alert(number, labels) for number, labels in enumerate(drawn)]
    raw = json.dumps(document).encode()
    ours = ask_ours(parse_routes("r", raw, list_receivers(document)), alerts)

    assert ours == daemon.ask(document, alerts, ours)
