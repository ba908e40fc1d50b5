"""A child process of a test: started, stopped, killed, frozen, and never left behind."""

import random
import shutil
import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parents[2]
LONGEST_TAIL = 6000


class Died(AssertionError):
    """A child ended that should have lived; the message carries the end of its log."""


def free_port() -> int:
    """A port that nothing listens on, below those that the system hands to outgoing connections.

    So it can be closed and opened again on the same number (a restart) and still be free.
    """
    while True:
        port = random.randint(20_000, 32_000)  # noqa: S311  (a port is no secret)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


@dataclass
class ChildProcess:
    """One process by its command line; its output goes to the end of `log`.

    As a context manager it is started on entry and killed on exit, whatever happened. Where the
    system can (Linux), it dies with the thread that started it too: start it from the test's own.
    """

    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] | None = None
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> Self:
        """Start it, once more after it ended; returns at once."""
        leash = [setpriv, "--pdeathsig", "KILL"] if (setpriv := shutil.which("setpriv")) else []
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603  (a test's own command)
                [*leash, *self.command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=None if self.environment is None else dict(self.environment),
                cwd=ROOT,
            )
        return self

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self.process is not None and self.process.poll() is None

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._started().pid

    def check(self) -> None:
        """Raise Died, with the end of the log, if it has ended."""
        if not self.running:
            code = None if self.process is None else self.process.returncode
            raise Died(f"{self.command[0]} ended with {code}; its log ends:\n{self.tail()}")

    def wait(self, timeout: float = 30.0) -> int:
        """Its exit code (negative: the signal), once it has ended by itself."""
        return self._started().wait(timeout)

    def kill(self) -> None:
        """SIGKILL; returns when it is gone. Nothing happens if it has ended already."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def terminate(self, timeout: float = 30.0) -> int:
        """SIGTERM; the exit code."""
        self._started().terminate()
        return self.wait(timeout)

    def freeze(self) -> None:
        """SIGSTOP: it holds its connections and answers nothing."""
        self._started().send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT: it goes on as if no time had passed."""
        self._started().send_signal(signal.SIGCONT)

    def tail(self) -> str:
        """The end of its log."""
        return self.text()[-LONGEST_TAIL:]

    def text(self) -> str:
        """All of its log, over every start."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        self.kill()
        if error is not None:
            error.add_note(f"the log of {self.log.name} ends:\n{self.tail()}")

    def _started(self) -> subprocess.Popen[bytes]:
        if self.process is None:
            raise Died(f"{self.command[0]} was never started")
        return self.process
