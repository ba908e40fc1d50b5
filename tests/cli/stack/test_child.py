import os
import signal
import subprocess
import sys
from pathlib import Path

from cli.stack.child import Child, end, start
from cli.stack.stop import Stop
from tests.parts.waiting import until

DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True)"
FOR_A_MINUTE = "; time.sleep(60)"


def python(code: str, log: Path) -> Child:
    return start("it", [sys.executable, "-c", code], os.environ, log)


def wait_for(text: str, log: Path) -> None:
    until(lambda: log.exists() and text in log.read_text(), f"{text!r} in the log", 10)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_what_a_child_says_stands_in_its_log(tmp_path: Path) -> None:
    log = tmp_path / "it.log"

    child = python("import sys; print('one'); print('two', file=sys.stderr)", log)
    child.process.wait(10)

    assert sorted(child.tail().splitlines()) == ["one", "two"]


def test_a_kept_output_is_not_in_the_log(tmp_path: Path) -> None:
    log = tmp_path / "it.log"
    command = [sys.executable, "-c", "print('shown')"]

    child = start("it", command, os.environ, log, keep_output=True)
    output, _ = child.process.communicate(timeout=10)

    assert (output, child.tail()) == (b"shown\n", "")


def test_a_child_that_hears_ends_by_itself(tmp_path: Path) -> None:
    child = python("import time; time.sleep(60)", tmp_path / "it.log")

    end([child], Stop())

    assert child.exit_code() == -signal.SIGTERM


def test_a_deaf_child_is_killed_at_once_when_somebody_hurries(tmp_path: Path) -> None:
    log = tmp_path / "it.log"
    child = python(DEAF + FOR_A_MINUTE, log)
    wait_for("up", log)
    stop = Stop()
    stop.request()
    stop.request()

    end([child], stop)

    assert child.exit_code() == -signal.SIGKILL


def test_a_child_does_not_outlive_a_parent_that_was_killed(tmp_path: Path) -> None:
    log = tmp_path / "it.log"
    parent_code = f"""
import os, pathlib, sys, time
from cli.stack.child import start
code = "import os, time; print('pid', os.getpid(), 'here', flush=True); time.sleep(60)"
start("it", [sys.executable, "-c", code], os.environ, pathlib.Path({str(log)!r}))
time.sleep(60)
"""
    parent = subprocess.Popen([sys.executable, "-c", parent_code])  # noqa: S603  (our own code)
    wait_for("here", log)
    pid = int(log.read_text().split()[1])

    parent.kill()
    parent.wait(10)

    until(lambda: not is_alive(pid), "the child ends", 10)


def test_others_read_neither_its_log_nor_its_files(tmp_path: Path) -> None:
    made = tmp_path / "made"

    child = python(f"open({str(made)!r}, 'w')", tmp_path / "it.log")
    child.process.wait(10)

    assert [path.stat().st_mode & 0o777 for path in (tmp_path / "it.log", made)] == [0o600, 0o600]
