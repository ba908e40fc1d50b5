"""`vedette up` as a newcomer runs it: it works, and leaves no process behind."""

import fcntl
import os
import re
import shlex
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from cli.stack.reading import has_model
from tests.parts.child import ChildProcess
from tests.parts.family import descendants, is_alive
from tests.parts.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]

CHILDREN = 5  # broker, redis and three services


@pytest.fixture(autouse=True)
def one_stack_at_a_time(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Two stacks that start at once may both find the same port free."""
    with (tmp_path_factory.getbasetemp().parent / "stack.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def vedette_up(log: Path, *arguments: str) -> Iterator[ChildProcess]:
    """The command in a session of its own, without our variables in its environment."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("VEDETTE_")}
    command = [sys.executable, "-m", "cli", "up", *arguments]
    with ChildProcess(command, log, environment | {"COLUMNS": "120"}) as child:
        yield child


def still_running(pids: set[int]) -> set[int]:
    return {pid for pid in pids if is_alive(pid)}


def wait_for_text(child: ChildProcess, text: str, timeout: float = 90.0) -> None:
    until(lambda: text in child.text() or not child.running, text, timeout)
    assert text in child.text(), child.tail()


def test_the_demo_shows_both_alerts_once_ends_by_itself_and_leaves_nothing(tmp_path: Path) -> None:
    with vedette_up(tmp_path / "up.log", "--demo") as up:
        family = until(
            lambda: below if len(below := descendants(up.pid)) >= CHILDREN else set(), "children"
        )
        code = up.wait(150)
        output = up.text()

    assert code == 0, output
    _, header, table = output.partition("event time")
    assert header, output
    for rule in ("joint_march", "leader_appointed"):
        assert len(re.findall(rf"^ *{rule}\b", table, re.MULTILINE)) == 1
    assert re.search(r"\d+ ms\b", table)
    assert ("SUSPECTED" in output) == ("CONFIRMED" in output) == has_model()
    assert "nothing is kept" in output.splitlines()[-1]
    assert "Traceback" not in output
    assert still_running(family) == set()


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [((), "Vedette on this machine"), ((), "Send your own event"), (("--demo",), "╭─")],
    ids=["while it starts", "while it runs", "while it replays"],
)
def test_ctrl_c_leaves_no_process_and_no_traceback(
    tmp_path: Path, arguments: tuple[str, ...], shown: str
) -> None:
    with vedette_up(tmp_path / "up.log", *arguments) as up:
        wait_for_text(up, shown)
        family = until(lambda: descendants(up.pid), "its first children")

        os.kill(up.pid, signal.SIGINT)
        family |= descendants(up.pid)
        up.wait(90)
        output = up.text()

    assert still_running(family) == set()
    assert "Traceback" not in output
    assert output.splitlines()[-1] == (
        "vedette up has stopped: nothing is left running, nothing is kept."
    )


def test_a_kill_that_nobody_can_catch_leaves_no_process_either(tmp_path: Path) -> None:
    with vedette_up(tmp_path / "up.log") as up:
        wait_for_text(up, "Send your own event")
        family = descendants(up.pid)

        up.kill()

        assert len(family) >= CHILDREN
        until(lambda: not still_running(family), "all children are gone", 60)


def test_the_event_that_it_invites_to_send_is_shown_in_the_terminal(tmp_path: Path) -> None:
    with vedette_up(tmp_path / "up.log") as up:
        wait_for_text(up, "Send your own event")
        curl = next(line for line in up.text().splitlines() if line.startswith("  curl "))
        words = shlex.split(curl)

        answer = httpx.post(
            next(word for word in words if word.startswith("http://")),
            content=words[words.index("-d") + 1],
            headers={"Content-Type": "application/json"},
        )

        assert answer.status_code == 202, answer.text
        wait_for_text(up, "╭─", 60)


def test_a_taken_port_that_was_asked_for_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = str(holder.getsockname()[1])
        with vedette_up(tmp_path / "up.log", "--port", port) as up:
            code = up.wait(90)

    assert code == 2
    assert up.text() == (
        f"vedette: port {port} of 127.0.0.1 is in use: choose another with --port\n"
    )
