"""The log of a run, with the seconds since its start; and its end at SIGTERM."""

import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path


def exit_on_sigterm() -> None:
    """Let SIGTERM end the run as Ctrl-C does, so that no child process stays."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


def open_run_log(folder: Path) -> Callable[[str], None]:
    """A function that writes a line to the terminal, and to `run.log` while `folder` exists."""
    start = time.monotonic()

    def log(message: str) -> None:
        line = f"{time.monotonic() - start:7.1f} {message}\n"
        sys.stdout.write(line)
        sys.stdout.flush()
        if folder.exists():
            with (folder / "run.log").open("a") as file:
                file.write(line)

    return log
