"""Conditions: the values for which each bound holds, and what hits are counted by."""

import pytest

from schemas.rule import Condition
from services.matcher.domain.windows.condition import compile_condition, count_key
from services.matcher.domain.windows.state import make_hit
from tests.matcher.builders import hit


@pytest.mark.parametrize(
    ("bound", "below", "at", "above"),
    [
        ("eq", False, True, False),
        ("neq", True, False, True),
        ("gt", False, False, True),
        ("gte", False, True, True),
        ("lt", True, False, False),
        ("lte", True, True, False),
    ],
)
def test_a_bound_holds_below_at_or_above_it(bound: str, below: bool, at: bool, above: bool) -> None:
    holds = compile_condition(Condition(**{bound: 3}))

    assert [holds(value) for value in (2.5, 3, 3.5)] == [below, at, above]


def test_a_condition_holds_if_all_its_bounds_do() -> None:
    holds = compile_condition(Condition(gte=2, lt=4))

    assert [value for value in range(6) if holds(value)] == [2, 3]


def test_a_hit_is_counted_by_its_story_its_source_or_its_identity() -> None:
    known = make_hit(hit(0, "e1").model_copy(update={"story": "wire"}))

    assert [count_key(count_by, known) for count_by in ("story", "source", "event")] == [
        "wire",
        "reuters",
        "reuters e1",
    ]
