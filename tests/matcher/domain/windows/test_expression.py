"""Expressions over base rules: where they hold, and how deep they may go."""

import pytest

from services.matcher.domain.windows.expression import parse_expression


@pytest.mark.parametrize(
    ("text", "holding"),
    [
        ("a and b", ["ab"]),
        ("a or b", ["ab", "a", "b"]),
        ("a and not b", ["a"]),
        ("not (a or b)", [""]),
    ],
)
def test_an_expression_holds_for_the_base_rules_that_hit(text: str, holding: list[str]) -> None:
    expression = parse_expression(text)

    assert [present for present in ("ab", "a", "b", "") if expression.holds(present)] == holding
    assert expression.names == {"a", "b"}


def test_an_expression_may_nest_fifty_times() -> None:
    assert parse_expression("(" * 50 + "a" + ")" * 50).holds("a")
    with pytest.raises(ValueError, match="more than 50"):
        parse_expression("(" * 51 + "a" + ")" * 51)
