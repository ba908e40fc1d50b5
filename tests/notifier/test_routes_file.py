"""The file of routes: every fault has its line and says what to do."""

from datetime import timedelta
from pathlib import Path

import pytest

from services.notifier.adapters.routes_file import InvalidRoutes, parse_routes, read_routes
from services.notifier.domain.routing.tree import find_routes

ROOT = Path(__file__).parents[2]
NAMES = ("slack", "pagerduty")
AT_THE_TOP = "the route at the top takes every alert, always: put it into a route below"
KNOWN = "write slack or pagerduty or nobody"
SLACK = "route: {receiver: slack}"
STEPS = "steps: [{after: x, receiver: slack}]"
NO_INTERVAL = "there is no time interval 'nigths': did you mean nights?"


def faults(text: str) -> list[str]:
    with pytest.raises(InvalidRoutes) as caught:
        parse_routes("routes.yaml", text.encode(), NAMES)
    return str(caught.value).splitlines()


def test_a_route_has_what_it_leaves_out_from_the_route_above() -> None:
    root = parse_routes(
        "r.yaml",
        b"""
route:
  receiver: slack
  max_age: 6h
  routes:
    - matchers: [level=high]
      continue: true
      routes:
        - receiver: pagerduty
          max_age: 1h
""",
        NAMES,
    ).root

    [child] = root.routes
    [grandchild] = child.routes
    assert (child.receiver, child.max_age, child.goes_on) == ("slack", timedelta(hours=6), True)
    assert (grandchild.receiver, grandchild.max_age) == ("pagerduty", timedelta(hours=1))
    assert (child.place, grandchild.place, grandchild.goes_on) == ("r.yaml:6", "r.yaml:9", False)


def test_every_fault_is_listed_by_its_line() -> None:
    found = faults(
        """route:
  receiver: slak
  matchers: [level=high]
  routes:
    - receiver: email
      mute_time_intervals: [nigths]
time_intervals:
  - {name: nights, time_intervals: []}
  - {name: nights, time_intervals: []}
"""
    )

    assert [fault.removeprefix("routes.yaml:").split(": ", 2) for fault in found] == [
        ["2", "route.receiver", "there is no receiver 'slak': did you mean slack?"],
        ["3", "route.matchers", AT_THE_TOP],
        ["5", "route.routes.0.receiver", f"there is no receiver 'email': {KNOWN}"],
        ["6", "route.routes.0.mute_time_intervals.0", NO_INTERVAL],
        ["8", "time_intervals.0.name", "'nights' is there twice"],
        ["9", "time_intervals.1.name", "'nights' is there twice"],
    ]


def test_an_unknown_key_is_refused() -> None:
    text = "route:\n  receiver: slack\n  match: {level: high}\n"

    assert faults(text) == [
        "routes.yaml:3: route.match: there is no such key (did you mean matchers?)"
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "routes.yaml:1: must be a map"),
        ("route: [", "routes.yaml:1: is no YAML"),
        ("route: {}", "routes.yaml:1: route.receiver: is missing"),
        ("route: {receiver: slack, receiver: slack}", "routes.yaml:1: route.receiver: is there tw"),
        ("a: &x {}\nroute: *x", "routes.yaml:2: aliases are not read: write it out"),
        ("route: " + "[" * 200 + "]" * 200, "routes.yaml:1: is nested too deeply"),
        ("route: {receiver: slack, routes: [{matchers: ['severity=x']}]}", "no alert has a label"),
        ("route: {receiver: slack, routes: [{matchers: [levle=high]}]}", "did you mean level?"),
        (
            "route: {receiver: slack, routes: [{matchers: [level=hihg]}]}",
            "route.routes.0.matchers.0: level is never 'hihg': did you mean high?",
        ),
        (
            "route: {receiver: slack, routes: [{matchers: ['late!=\"1\"']}]}",
            "late is never '1': write true or false",
        ),
        (
            "route: {receiver: slack, max_aeg: 6h}",
            "route.max_aeg: there is no such key (did you mean max_age?)",
        ),
        (
            f"{SLACK}\nescalations: [{{matchers: [late=true], {STEPS}}}]",
            "escalations.0.steps.0.after: 'x' is no duration",
        ),
        ("route: {receiver: slack, routes: [{matchers: ['level']}]}", "'level' is no matcher"),
        ("route: {receiver: slack, routes: [{matchers: [{a: b}]}]}", "must be a text"),
        ("route: {receiver: slack, routes: [{continue: yes}]}", "continue: 'yes' is neither true"),
        ("route: {receiver: slack, max_age: soon}", "route.max_age: 'soon' is no time span"),
        ("route: {receiver: slack, max_age: 0s}", "route.max_age: no time at all"),
    ],
)
def test_a_fault_names_its_field_and_the_way_out(text: str, fault: str) -> None:
    [line] = faults(text)

    assert fault in line


@pytest.mark.parametrize(
    ("interval", "fault"),
    [
        ("{times: [{start_time: 9:00, end_time: 17:00}]}", "'9:00' is no time of day"),
        ("{times: [{start_time: 22:00, end_time: 06:00}]}", "write one to 24:00, one from 00:00"),
        ("{times: [{start_time: 22:00}]}", "end_time: is missing"),
        ("{weekdays: [mon]}", "'mon' is none of sunday, monday"),
        ("{weekdays: ['friday:sunday']}", "ends before it begins: Sunday is first"),
        ("{days_of_month: ['0']}", "'0' is no day of a month"),
        ("{days_of_month: ['-3:3']}", "begins at the end of a month"),
        ("{days_of_month: ['5:3']}", "ends before it begins"),
        ("{months: ['13']}", "'13' is none of january"),
        ("{months: ['may:april']}", "ends before it begins"),
        ("{years: [now]}", "'now' is no number"),
        ("{location: Mars/Base}", "'Mars/Base' is no time zone"),
        ("{location: ../x}", "is no time zone"),
    ],
)
def test_a_malformed_interval_is_refused(interval: str, fault: str) -> None:
    written = f"{{name: it, time_intervals: [{interval}]}}"

    [line] = faults(f"route: {{receiver: slack}}\ntime_intervals:\n  - {written}")

    assert line.startswith("routes.yaml:3: time_intervals.0.time_intervals.0")
    assert fault in line


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(InvalidRoutes, match=r"^no-such.yaml: No such file or directory$"):
        read_routes(Path("no-such.yaml"), NAMES)


@pytest.mark.parametrize(
    ("labels", "receivers"),
    [
        ({"level": "critical", "uncorroborated": "true"}, ["pagerduty", "slack"]),
        ({"level": "high", "uncorroborated": "true"}, ["slack"]),
        ({"level": "high", "uncorroborated": "false"}, ["pagerduty", "slack"]),
        ({"level": "low"}, ["slack"]),
        ({"level": "critical", "exercise": "true"}, ["slack"]),
        ({"level": "high", "duty": "true"}, ["slack-duty", "pagerduty"]),
        ({"level": "low", "duty": "true"}, ["slack-duty", "nobody"]),
        ({"level": "high", "backfill": "true"}, ["slack-digest"]),
    ],
)
def test_the_example_leads_where_its_comments_say(
    labels: dict[str, str], receivers: list[str]
) -> None:
    names = ("slack", "slack-duty", "slack-digest", "pagerduty")
    root = read_routes(ROOT / "notify" / "routes.yaml", names).root

    taken = find_routes(root, {name: (value,) for name, value in labels.items()})

    assert [route.receiver for route in taken] == receivers
