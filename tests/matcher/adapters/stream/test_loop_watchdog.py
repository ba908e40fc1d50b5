"""The loop watchdog: a process whose loop hangs ends, one whose loops turn runs on."""

import signal
import subprocess
import sys
import time

import pytest

PROGRAM = """
import asyncio, threading, time
from services.matcher.adapters.stream.loop_watchdog import LoopWatchdog

def print_stuck(stuck):
    print("its own" if stuck is loop else "the other", flush=True)

watchdog = LoopWatchdog(1.0, print_stuck, last_seconds=2.0)
loop, other = asyncio.new_event_loop(), asyncio.new_event_loop()
other.call_soon(watchdog.watch, other)
threading.Thread(target=other.run_forever, daemon=True).start()
watchdog.watch(loop)
{hang}
loop.run_until_complete(asyncio.sleep(2.5))
watchdog.stop()
"""
CASES = {
    "nothing": "",
    "its own loop": "loop.call_later(0.2, time.sleep, 30)",
    "the other loop": "other.call_soon_threadsafe(time.sleep, 30)",
    # a regular expression that never ends blocks the interpreter
    "Python itself": "import re; loop.call_later(0.2, re.match, '(a*)*b', 'a' * 60)",
}

STUCK = {"its own loop": "its own\n", "the other loop": "the other\n"}


@pytest.mark.parametrize("hanging", CASES)
def test_the_process_ends_with_1_when_a_loop_hangs_and_says_where(hanging: str) -> None:
    program = PROGRAM.format(hang=CASES[hanging])

    ended = subprocess.run(  # noqa: S603  (our own program)
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=25, check=False
    )

    if hanging == "nothing":
        assert (ended.returncode, ended.stderr) == (0, "")
    else:
        assert ended.returncode == 1
        assert "Timeout" in ended.stderr
        assert ended.stdout == STUCK.get(hanging, "")


def test_a_process_that_slept_for_longer_goes_on() -> None:
    program = PROGRAM.format(hang="print(flush=True)").replace("(1.0,", "(2.0,")
    with subprocess.Popen(  # noqa: S603  (our own program)
        [sys.executable, "-c", program], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGSTOP)
        time.sleep(3)
        process.send_signal(signal.SIGCONT)

    assert process.returncode == 0
