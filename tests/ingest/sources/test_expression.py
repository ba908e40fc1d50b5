import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.sources.expression import (
    JmesExpression,
    NoValue,
    parse_expression,
)
from tests.ingest.any_values import values

REFUSED = {
    "brackets inside one another": ("(" * 21 + "a" + ")" * 21, "more than 20 brackets"),
    "very many brackets": ("[" * 900, "more than 20 brackets"),
    "very many negations": ("!" * 900 + "a", "nested too deeply"),
    "a long chain of choices": ("||".join(["a"] * 100), "nested too deeply"),
    "too long": ("a" * 1001, "longer than 1000 characters"),
    "a doubling": (" | ".join(["[@, @]"] * 9), "may repeat its item more than 256 times"),
    "a doubling in maps": (" | ".join(["{a: @, b: @}"] * 9), "may repeat its item"),
    "no expression": ("a.", "is no JMESPath"),
    "nothing": ("", "is no JMESPath"),
    "a text that is no JSON": ("a == `b`", "what stands between ` is no JSON"),
    "an unknown function": ("a.upper(b)", "JMESPath has no function upper()"),
    "another type": (7, "must be a JMESPath expression: a text"),
}


@pytest.mark.parametrize(("written", "reason"), REFUSED.values(), ids=REFUSED)
def test_an_expression_that_may_cost_too_much_or_is_none_is_refused(
    written: object, reason: str
) -> None:
    with pytest.raises(ValueError, match=r".+") as caught:
        parse_expression(written)

    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("join(',', a)", "invalid type"),
        ("length(b)", "invalid type"),
        ("a[::0]", "step"),
        ("sort(a)", "invalid type"),
        ("join(c, d)", "too long a text"),
    ],
)
def test_what_cannot_be_evaluated_is_named(written: str, reason: str) -> None:
    item = {"a": [1, "x"], "b": 7, "c": "x" * 1000, "d": ["y"] * 2000}

    with pytest.raises(NoValue) as caught:
        parse_expression(written).evaluate(item)

    assert reason in str(caught.value)
    assert len(str(caught.value)) <= 200


def test_a_deep_item_is_no_end_of_the_process() -> None:
    item: object = "x"
    for _ in range(100_000):
        item = [item]

    with pytest.raises(NoValue, match="nested too deeply"):
        parse_expression("to_string(@)").evaluate(item)


def test_the_dearest_expression_costs_little_more_for_a_larger_item() -> None:
    dearest = parse_expression(" | ".join(["[@, @][]"] * 8))

    def measure(size: int) -> float:
        start = time.process_time()
        dearest.evaluate(["x"] * size)
        return time.process_time() - start

    small, large = min(measure(100) for _ in range(3)), min(measure(1000) for _ in range(3))

    assert large < 40 * max(small, 0.0005)


PIECES = st.sampled_from(
    [
        *"abc.[]{}()|&@*?!,:'`\" ",
        "||",
        "&&",
        "==",
        "[*]",
        "[]",
        "[0]",
        "sort(",
        "join(",
        "to_string(",
    ]
)


@given(st.lists(PIECES, max_size=25).map("".join), values)
def test_no_expression_and_no_item_raise_anything_else(written: str, item: object) -> None:
    try:
        expression = parse_expression(written)
    except ValueError:
        return
    try:
        JmesExpression.evaluate(expression, {"a": item, "b": [item, item], "c": {"a": item}})
    except NoValue:
        return
