"""A stand-in as a process of its own."""

import argparse
import signal
import sys
import threading
from collections.abc import Callable

from tests.standins.server import StandIn


def serve(make: Callable[[int], StandIn]) -> None:
    """Listen on `--port` (0: a free one), print the address, and stay until SIGTERM."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with make(parser.parse_args().port) as standin:
        sys.stdout.write(f"{standin.url}\n")
        sys.stdout.flush()
        ended.wait()
