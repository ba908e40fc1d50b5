"""Exploring ends: at the first failure, or when the time is up."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from tests.explore.rounds import RoundEnd, explore, list_command, run_round


class Rounds:
    """Rounds that end as they are told, each after so many seconds."""

    def __init__(self, *ends: RoundEnd, each: float) -> None:
        self.ends: Iterator[RoundEnd] = iter(ends)
        self.each = each
        self.time = 1000.0
        self.left: list[float] = []

    def run(self, left: float) -> RoundEnd:
        self.left.append(left)
        self.time += min(self.each, left)
        return next(self.ends) if self.each <= left else RoundEnd.STOPPED

    @property
    def clock(self) -> Callable[[], float]:
        return lambda: self.time


def test_rounds_follow_each_other_until_the_last_is_stopped_by_the_end_of_the_time() -> None:
    rounds = Rounds(*[RoundEnd.PASSED] * 9, each=400)

    explored = explore(rounds.run, 900, rounds.clock)

    assert rounds.left == [900, 500, 100]
    assert explored.describe() == "2 rounds passed, then one stopped"
    assert not explored.has_failed


def test_a_failure_ends_it() -> None:
    rounds = Rounds(RoundEnd.PASSED, RoundEnd.FAILED, RoundEnd.PASSED, each=10)

    explored = explore(rounds.run, 900, rounds.clock)

    assert explored.describe() == "1 round passed, then one failed"
    assert explored.has_failed


@pytest.mark.parametrize(
    ("code", "seconds", "end"),
    [
        ("pass", 60, RoundEnd.PASSED),
        ("raise SystemExit(1)", 60, RoundEnd.FAILED),
        ("import time; time.sleep(600)", 1, RoundEnd.STOPPED),
    ],
)
def test_a_round_ends_as_its_command_does_or_with_the_time(
    code: str, seconds: float, end: RoundEnd
) -> None:
    assert run_round([sys.executable, "-c", code], seconds) is end


def test_a_round_is_the_random_tests_with_other_examples(tmp_path: Path) -> None:
    test = """
        from hypothesis import given, settings, strategies

        def test_that_is_not_random():
            raise SystemError

        @given(strategies.integers())
        def test_any(number):
            assert settings().derandomize
    """
    (tmp_path / "test_any.py").write_text(dedent(test))

    command = list_command([str(tmp_path), "-p", "tests.conftest", "--numprocesses", "0"])
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603

    assert done.returncode
    assert "SystemError" not in done.stdout
    assert "derandomize=False" in done.stdout
