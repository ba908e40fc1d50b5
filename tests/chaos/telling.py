"""How a run speaks, with the seconds since it began, and how it is told to end."""

import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path


def end_in_order() -> None:
    """Let SIGTERM end the run as Ctrl-C does: nothing is left behind."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


def teller(folder: Path) -> Callable[[str], None]:
    """Tells a line to the terminal, and to `run.log` in the folder while that exists."""
    start = time.monotonic()

    def tell(line: str) -> None:
        told = f"{time.monotonic() - start:7.1f} {line}\n"
        sys.stdout.write(told)
        sys.stdout.flush()
        if folder.exists():
            with (folder / "run.log").open("a") as log:
                log.write(told)

    return tell
