"""What a run says while it goes, with the seconds since it began; also kept in its folder."""

import sys
import time
from collections.abc import Callable
from pathlib import Path


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
