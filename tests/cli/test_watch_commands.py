"""`vedette alerts`, `silences`, `ack` and `rules report` against the real API on a port."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from cli.api_client import ApiClient
from cli.command import app
from cli.faults import CommandFailure
from schemas.alert import Level
from services.connections import FOR_HEALTH, BoundedConfig
from services.notifier.adapters.api.answers import Refusal
from services.telemetry import listen
from tests.notifier.alerts import alert
from tests.notifier.api.caller import make_app
from tests.notifier.watch.stores import WatchRoom
from tests.parts.child import free_port
from tests.parts.waiting import until

SILENCE_OF_60_DAYS = ["silences", "add", 'level="high"', "--reason", "x", "--duration", "60d"]


class Desk:
    """The commands of a person, at the API of a room."""

    def __init__(self, room: WatchRoom, port: int) -> None:
        self.room = room
        self.port = port

    def run(self, *arguments: str, name: str = "alice", columns: int = 200) -> list[str]:
        """The lines that a command prints."""
        environment = {
            "VEDETTE_API_URL": f"http://127.0.0.1:{self.port}",
            "VEDETTE_API_TOKEN": name,
            "COLUMNS": f"{columns}",
        }
        done = CliRunner(env=environment).invoke(app, arguments, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output.splitlines()

    def read(self, *arguments: str) -> list[Any]:
        """What a command prints for programs."""
        return [json.loads(line) for line in self.run(*arguments, "--format", "json")]


@pytest.fixture
def desk() -> Iterator[Desk]:
    room, port = WatchRoom(), free_port()
    listener = listen(BoundedConfig(make_app(room), "127.0.0.1", port, FOR_HEALTH))
    until(lambda: listener.server.started, "the API listens")
    yield Desk(room, port)
    listener.stop()


def test_alerts_are_listed_as_a_table_and_for_programs(desk: Desk) -> None:
    desk.room.store(alert("a"), alert("b", level=Level.LOW))

    table = "\n".join(desk.run("alerts", "list"))
    read = desk.read("alerts", "list", 'level="high"')

    assert "3 proxies endorse the march" in table
    assert "iraq-2020/joint_march" in table
    assert [item["id"] for item in read] == ["a"]


def test_on_a_narrow_terminal_lists_are_a_few_lines_for_each(desk: Desk) -> None:
    identity = "c26397df3201bac4ee73"
    desk.room.store(alert(identity, summary="3 proxies endorse the march of the million men " * 9))
    desk.run("ack", identity)
    listed = desk.run("alerts", "list", columns=80)
    made = ["silences", "add", 'rule="joint_march"', "--reason", "navy exercise until six"]
    silenced = desk.run(*made, columns=80)

    assert len(listed) < 16
    assert len(silenced) < 10
    assert all(len(line) <= 80 for line in (*listed, *silenced))
    assert any(identity in line and "high" in line for line in listed)
    assert any("navy exercise" in line for line in silenced)


def test_pages_are_read_until_the_limit(desk: Desk) -> None:
    desk.room.store(*(alert(f"a{number}") for number in range(450)))

    assert len(desk.read("alerts", "list", "--limit", "420")) == 420
    assert len(desk.read("alerts", "list", "--limit", "1000")) == 450


def test_an_alert_is_acknowledged_shown_and_given_back(desk: Desk) -> None:
    desk.room.store(alert("a"))

    taken = desk.run("ack", "a", "--duration", "1h", "--comment", "on it")
    shown = "\n".join(desk.run("alerts", "show", "a"))
    back = desk.run("ack", "a", "--take-back")

    assert taken == ["a: alice until 2026-11-22 13:00Z"]
    assert "in hand: alice until 2026-11-22 13:00Z" in shown
    assert back == ["a: in nobody's hands"]


def test_a_verdict_counts_in_the_report(desk: Desk) -> None:
    desk.room.store(alert("a"), alert("b"))

    given = desk.run("alerts", "verdict", "a", "noise", "--comment", "old video")
    [rule] = desk.read("rules", "report")
    table = "\n".join(desk.run("rules", "report"))

    assert given == ["a: noise, by alice"]
    assert (rule["fires"], rule["noise"], rule["useful_ratio"]) == (2, 1, 0.0)
    assert "0%" in table


def test_a_silence_is_previewed_made_approved_and_ended(desk: Desk) -> None:
    desk.room.store(alert("a", level=Level.CRITICAL))

    preview = desk.run("silences", "preview", 'rule="joint_march"')
    made = "\n".join(desk.run("silences", "add", 'rule="joint_march"', "--reason", "works"))
    approved = "\n".join(desk.run("silences", "approve", "s1", name="bob"))
    ended = desk.run("silences", "expire", "s1")
    listed = desk.read("silences", "list", "--expired")

    assert preview[0] == "now: 1 alert firing"
    assert "last week: 1, 1 of them critical" in preview
    assert "awaits approval" in made
    assert "awaits approval" not in approved
    assert "expired" in "\n".join(ended)
    assert [(each["id"], each["approved_by"]) for each in listed] == [("s1", "bob")]


def test_what_others_wrote_does_not_control_the_terminal(desk: Desk) -> None:
    desk.room.store(alert("a", summary="\u001b[2J gone"))

    assert "\u001b[2J" not in "\n".join(desk.run("alerts", "list"))


@pytest.mark.parametrize(
    ("arguments", "name", "message"),
    [
        (["alerts", "list"], "nobody", "unknown token: set VEDETTE_API_TOKEN"),
        (["alerts", "show", "x y"], "alice", "no alert 'x y'"),
        (["alerts", "list", "level"], "alice", "filter: 'level' is no matcher"),
        (["silences", "expire", "x"], "visitor", "needs the role analyst"),
    ],
)
def test_a_refusal_says_what_to_do(
    desk: Desk, arguments: list[str], name: str, message: str
) -> None:
    with pytest.raises(CommandFailure, match=message):
        desk.run(*arguments, name=name)


def test_a_notifier_that_does_not_answer_is_named() -> None:
    with pytest.raises(CommandFailure, match="set VEDETTE_API_URL"):
        Desk(WatchRoom(), 1).run("alerts", "list")


@pytest.mark.parametrize("status", [200, 404, 502])
def test_another_server_at_the_address_is_named_with_the_way_out(status: int) -> None:
    answer = httpx.MockTransport(lambda _: httpx.Response(status, json={"detail": "Not Found"}))
    message = "http://other does not answer as a notifier does: set VEDETTE_API_URL to its API"

    with httpx.Client(transport=answer) as http, pytest.raises(CommandFailure, match=message):
        ApiClient(http, "http://other").get("x", Refusal)


@pytest.mark.parametrize("arguments", [["ack", "a", "--duration", "25h"], SILENCE_OF_60_DAYS])
def test_a_refused_duration_is_named_as_it_was_given(desk: Desk, arguments: list[str]) -> None:
    desk.room.store(alert("a"))

    with pytest.raises(CommandFailure, match=r"^duration: "):
        desk.run(*arguments)


def test_a_command_waits_as_long_as_the_notifier_asks() -> None:
    waits: list[float] = []
    limited = httpx.Response(429, headers={"Retry-After": "3"})
    answers = iter([limited, httpx.Response(200, json={"error": "none"})])
    with httpx.Client(transport=httpx.MockTransport(lambda _: next(answers))) as http:
        answer = ApiClient(http, "http://api", waits.append).get("x", Refusal)

    assert (waits, answer.error) == ([3.0], "none")
