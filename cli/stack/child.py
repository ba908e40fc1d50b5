"""A child process with its log; it never outlives this process."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from cli.stack import leash
from cli.stack.stop import Stop

END_SECONDS = 8.0
TAIL_LINES = 12


@dataclass(frozen=True, slots=True)
class Child:
    """A child process in its own process group."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def output(self) -> IO[bytes] | None:
        """Its standard output, unless that goes to its log."""
        return self.process.stdout

    def exit_code(self) -> int | None:
        """Its exit code, or None while it runs."""
        return self.process.poll()

    def tail(self) -> str:
        """The last lines of its log."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-TAIL_LINES:])


def start(
    name: str,
    command: Sequence[str],
    environment: Mapping[str, str],
    log: Path,
    *,
    keep_output: bool = False,
) -> Child:
    """Start `command`, its output to `log`; with `keep_output` standard output to `Child.output`.

    Others read neither the log nor any file that the command makes.

    Only for the main thread: the kernel ends the child with the thread that started it.
    """
    log.touch(mode=0o600)
    with log.open("ab") as sink:
        process = subprocess.Popen(  # noqa: S603  (our own commands)
            [sys.executable, "-I", "-S", leash.__file__, str(os.getpid()), *command],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if keep_output else sink,
            stderr=sink,
            umask=0o077,  # what it writes is for this user alone
            process_group=0,  # Ctrl-C in the terminal is for the parent alone
        )
    return Child(name, process, log)


def end(children: Iterable[Child], stop: Stop) -> None:
    """Send SIGTERM to all, and SIGKILL after 8 seconds or when `stop` is urgent."""
    running = tuple(child for child in children if child.exit_code() is None)
    for child in running:
        child.process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + END_SECONDS
    for child in running:
        _await_end(child, deadline, stop)


def _await_end(child: Child, deadline: float, stop: Stop) -> None:
    while child.exit_code() is None and time.monotonic() < deadline and not stop.urgent:
        time.sleep(0.02)
    if child.exit_code() is None:
        os.killpg(child.process.pid, signal.SIGKILL)
        child.process.wait()
