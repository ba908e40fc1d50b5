"""Rounds of the random tests, each with other examples, until the time is up."""

import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.counts import format_count

PYTEST = ("-m", "pytest", "-q", "-x", "--hypothesis-profile", "others", "--numprocesses", "auto")
RANDOM = ("-m", "hypothesis and not integration")
PATIENCE = 60.0
"""Seconds that pytest has to say what it did when it is stopped."""


class RoundEnd(StrEnum):
    """How a round ended."""

    PASSED = "passed"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Exploration:
    """How many rounds passed, and how the last one ended."""

    passed: int
    last: RoundEnd

    @property
    def has_failed(self) -> bool:
        """Whether a test failed."""
        return self.last is RoundEnd.FAILED

    def describe(self) -> str:
        """As it is printed."""
        rounds = f"{format_count(self.passed, 'round')} passed"
        return rounds if self.last is RoundEnd.PASSED else f"{rounds}, then one {self.last}"


def explore(
    run: Callable[[float], RoundEnd], seconds: float, clock: Callable[[], float]
) -> Exploration:
    """Run rounds until one does not pass or the time is up; `run` is told what is left of it."""
    end, passed = clock() + seconds, 0
    while (left := end - clock()) > 0:
        last = run(left)
        if last is not RoundEnd.PASSED:
            return Exploration(passed, last)
        passed += 1
    return Exploration(passed, RoundEnd.PASSED)


def list_command(paths: Sequence[str]) -> list[str]:
    """The command that runs the random tests below these paths once.

    A test that hangs fails, as in the suite.
    """
    return [sys.executable, *PYTEST, *RANDOM, *paths]


def run_round(command: Sequence[str], seconds: float) -> RoundEnd:
    """Run the command of a round, for so many seconds at most."""
    with subprocess.Popen(command, start_new_session=True) as process:  # noqa: S603  (our own)
        try:
            return RoundEnd.FAILED if process.wait(seconds) else RoundEnd.PASSED
        except subprocess.TimeoutExpired:
            return _stop(process)
        except BaseException:
            _stop(process)
            raise


def _stop(process: subprocess.Popen[bytes]) -> RoundEnd:
    """Have pytest end where it is, as Ctrl-C does."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
    return RoundEnd.STOPPED
