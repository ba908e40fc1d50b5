"""Counts as people read them."""

import pytest

from services.counts import format_count


@pytest.mark.parametrize(
    ("number", "read"), [(0, "0 reports"), (1, "1 report"), (1.0, "1 report"), (1.5, "1.5 reports")]
)
def test_one_is_one_and_all_else_is_many(number: float, read: str) -> None:
    assert format_count(number, "report") == read


def test_a_plural_of_its_own() -> None:
    assert format_count(2, "story", "stories") == "2 stories"
    assert format_count(1, "case passes", "cases pass") == "1 case passes"


def test_a_large_count_keeps_its_digits() -> None:
    assert format_count(12_345_678, "message") == "12345678 messages"
