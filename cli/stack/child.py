"""One child process: its log, its end, and the promise that it never outlives this one."""

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

PATIENCE = 8.0
TAIL_LINES = 12


@dataclass(frozen=True, slots=True)
class Child:
    """A running child in a process group of its own. `output` is its standard output, if kept."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def output(self) -> IO[bytes] | None:
        """What it says on standard output, unless that goes to its log."""
        return self.process.stdout

    def ended(self) -> int | None:
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
    """Start `command`; what it writes goes to `log`, or standard output to `Child.output`.

    Call it from the main thread: the kernel ends the child with the thread that started it.
    """
    with log.open("ab") as sink:
        process = subprocess.Popen(  # noqa: S603  (our own commands)
            [sys.executable, "-I", "-S", leash.__file__, str(os.getpid()), *command],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if keep_output else sink,
            stderr=sink,
            process_group=0,  # Ctrl-C in the terminal is for the parent alone
        )
    return Child(name, process, log)


def end(children: Iterable[Child], stop: Stop) -> None:
    """Ask all to finish, and kill what has not after 8 seconds or when `stop` is hurried."""
    running = tuple(child for child in children if child.ended() is None)
    for child in running:
        child.process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    for child in running:
        _await_end(child, deadline, stop)


def _await_end(child: Child, deadline: float, stop: Stop) -> None:
    while child.ended() is None and time.monotonic() < deadline and not stop.hurried:
        time.sleep(0.02)
    if child.ended() is None:
        os.killpg(child.process.pid, signal.SIGKILL)
        child.process.wait()
