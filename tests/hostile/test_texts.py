"""What a report costs is in proportion to its size, whatever its text: counted, not timed."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from bench.hostile import fit_exponent
from bench.hostile_texts import TextKind, hostile_rulebook, list_kinds, match_kind
from services.matcher.domain.rules.rulebook import Rulebook

SMALL, LARGE = 2048, 8192
MOST_TIMES = 4.8
"""As many steps as the smaller report takes, for a report four times as long; 4.0 is linear."""


class Steps:
    """Counts the lines of Python and the calls into C that a piece of work takes."""

    def __init__(self) -> None:
        self.count = 0

    def trace(self, _frame: FrameType, event: str, _argument: Any) -> "Callable[..., Any] | None":
        self.count += event == "line"
        return self.trace

    def profile(self, _frame: FrameType, event: str, _argument: Any) -> None:
        self.count += event == "c_call"


def count_steps(work: Callable[[], object]) -> int:
    work()  # what is cached for every report is not counted
    steps, traced, profiled = Steps(), sys.gettrace(), sys.getprofile()
    sys.settrace(steps.trace)
    sys.setprofile(steps.profile)
    try:
        work()
    finally:
        sys.setprofile(profiled)
        sys.settrace(traced)
    return steps.count


@pytest.fixture(scope="module")
def rules() -> Rulebook:
    return hostile_rulebook()


@pytest.mark.parametrize("kind", list_kinds(), ids=lambda kind: kind.name)
def test_a_report_costs_in_proportion_to_its_size(rules: Rulebook, kind: TextKind) -> None:
    small, large = (count_steps(match_kind(rules, kind, size)) for size in (SMALL, LARGE))

    assert large < MOST_TIMES * small


def test_steps_that_grow_with_the_square_are_seen() -> None:
    def pairs(size: int) -> int:
        return count_steps(lambda: [1 for _ in range(size) for _ in range(size)])

    assert pairs(40) > 10 * pairs(10)


@pytest.mark.parametrize("power", [0.5, 1, 2])
def test_the_exponent_is_that_of_the_cost(power: float) -> None:
    costs = {size: 3 * size**power for size in (4, 8, 16)}

    assert fit_exponent(costs) == pytest.approx(power)
