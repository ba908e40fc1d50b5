"""`vedette routes`: what is wrong with the file, and who would get an alert."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.faults import CommandFailure
from cli.routes import app

ROUTES = """route:
  receiver: slack
  routes:
    - receiver: pagerduty
      matchers: ['level="high"']
      max_age: 6h
      mute_time_intervals: [night]
      continue: true
    - receiver: nobody
      matchers: [rule=noise]
    - receiver: slack
time_intervals:
  - name: night
    time_intervals: [{times: [{start_time: 00:00, end_time: 06:00}]}]
"""
NOON = ("--at", "2026-11-27T12:00Z")


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "routes.yaml"
    path.write_text(ROUTES, encoding="utf-8")
    return str(path)


def routes(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments, catch_exceptions=False)


def tried(file: str, *arguments: str) -> list[str]:
    result = routes("test", "--routes", file, *arguments)
    assert result.exit_code == 0
    return [line.replace(file, "FILE") for line in result.stdout.splitlines()]


def test_check_counts_the_routes(file: str) -> None:
    assert routes("check", file).stdout == "4 routes, no fault\n"


def test_check_lists_faults_with_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "routes.yaml"
    path.write_text("route:\n  receiver: slak\n", encoding="utf-8")

    result = routes("check", str(path))

    assert result.exit_code == 1
    assert result.stderr == (
        f"{path}:2: route.receiver: there is no receiver 'slak': did you mean slack?\n"
    )


def test_each_receiver_has_the_route_that_leads_to_it(file: str) -> None:
    assert tried(file, "--level", "high", *NOON) == [
        'pagerduty    FILE:4 {level="high"}',
        "             each alert by itself, group_wait 30s, group_interval 5m, repeat_interval 4h",
        "slack        FILE:11 {}",
        "             all in one group, group_wait 30s, group_interval 5m, repeat_interval 4h",
    ]


def test_a_digest_has_its_next_time(tmp_path: Path) -> None:
    path = tmp_path / "routes.yaml"
    path.write_text(
        "route: {receiver: slack, group_by: [rule], digest: {at: '08:00'}}\n", encoding="utf-8"
    )

    assert tried(str(path), *NOON)[1].strip() == "digest, next at 2026-11-28 08:00Z"


def test_what_another_alert_inhibits_is_named_with_its_rule(tmp_path: Path) -> None:
    path = tmp_path / "routes.yaml"
    path.write_text(
        "route: {receiver: slack}\n"
        "inhibit_rules:\n"
        "  - {source_matchers: [level=critical], target_matchers: [level=low], equal: [pack]}\n",
        encoding="utf-8",
    )
    low = ("--level", "low", "--label", "pack=a")

    assert routes("check", str(path)).stdout == "1 route, 1 inhibit rule, no fault\n"
    assert (
        tried(str(path), *low, "--firing", "level=critical,pack=b")[0] == "slack        FILE:1 {}"
    )
    [held] = tried(str(path), *low, "--firing", "level=critical,pack=a")
    assert held.endswith("inhibited while another alert fires, by FILE:3")


def test_what_holds_an_alert_back_is_named(file: str) -> None:
    high = ("--level", "high")

    assert tried(file, *high, "--at", "2026-11-27T03:00Z")[0] == (
        'pagerduty    FILE:4 {level="high"}: '
        "the route is muted by a time interval, until 2026-11-27 06:00Z"
    )
    assert tried(file, *high, "--age", "7h", *NOON)[0] == (
        'pagerduty    FILE:4 {level="high"}: older than the route\'s max_age'
    )


@pytest.mark.parametrize(
    ("arguments", "receivers", "code"),
    [
        (("--level", "high"), "pagerduty,slack", 0),
        (("--level", "high"), "slack", 1),
        (("--level", "high", "--age", "7h"), "slack", 0),
        (("--rule", "noise"), "", 0),
        (("--label", "group_country=IQ"), "slack", 0),
    ],
)
def test_expected_receivers_are_verified(
    file: str, arguments: tuple[str, ...], receivers: str, code: int
) -> None:
    result = routes("test", "--routes", file, *arguments, *NOON, "--verify-receivers", receivers)

    assert result.exit_code == code
    assert result.stderr == ("expected slack, not pagerduty,slack\n" if code else "")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--label", "country=IQ"),
        ("--label", "group_country"),
        ("--label", "late=yes"),
        ("--at", "noon"),
        ("--at", "2026-11-27T12:00"),
        ("--age", "old"),
    ],
)
def test_a_malformed_argument_says_what_to_write(file: str, arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandFailure, match=r"write|offset"):
        routes("test", "--routes", file, *arguments)


def test_who_gets_what_nobody_acknowledges_is_shown(tmp_path: Path) -> None:
    steps = "[{after: 30m, receiver: pagerduty}]"
    policy = f"escalations: [{{matchers: ['level=\"high\"'], steps: {steps}}}]"
    path = tmp_path / "routes.yaml"
    path.write_text(f"route: {{receiver: slack}}\n{policy}\n", encoding="utf-8")

    shown = tried(str(path), "--level", "high")
    other = tried(str(path), "--level", "low")

    assert shown[2].startswith("pagerduty")
    assert shown[2].endswith("if nobody acknowledges it for 30m")
    assert len(other) == 2
