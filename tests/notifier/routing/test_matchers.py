"""What matchers mean, and how they are written."""

import re

import pytest

from services.notifier.domain.routing.matchers import Labels, parse_matchers

LABELS: Labels = {"level": ("high",), "rule": ("joint_march",), "hypothesis": ("a", "b")}


@pytest.mark.parametrize(
    "written",
    [
        'level="high"',
        "level=high",
        ' level = "high" ',
        '{level="high",rule=~"joint.*"}',
        'level!="low", rule!~"joint"',
        'rule=~"joint_march|other"',
        'group_country=""',
        'group_country!="IQ"',
        'group_country!~".+"',
        'hypothesis="b"',
        'hypothesis!="c"',
    ],
)
def test_labels_meet_every_matcher_of_a_line(written: str) -> None:
    assert all(matcher.holds(LABELS) for matcher in parse_matchers(written))


@pytest.mark.parametrize(
    "written",
    [
        'level="hig"',
        'level=~"hig"',
        'rule=~"march"',
        'rule!~"joint.*"',
        'group_country=~".+"',
        'hypothesis!="b"',
        'hypothesis!~"a"',
    ],
)
def test_expressions_match_the_whole_value_and_a_negation_every_value(written: str) -> None:
    [matcher] = parse_matchers(written)

    assert not matcher.holds(LABELS)


def test_quotes_and_lines_are_escaped_and_print_as_they_are_written() -> None:
    written = r'rule="a \"b\" \\ \n, c"'

    [matcher] = parse_matchers(written)

    assert matcher.value == 'a "b" \\ \n, c'
    assert str(matcher) == written


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("level", "'level' is no matcher: write level="),
        ('level=="high"', "is no matcher"),
        ('level="high" rule="x"', "is no matcher"),
        ('level="high', "is no matcher"),
        ('rule=~"("', "is no regular expression of RE2: missing )"),
        ('rule=~"(?=a)"', "is no regular expression of RE2"),
        (f'rule=~"{"a" * 1001}"', "at most 1000 characters"),
    ],
)
def test_a_malformed_matcher_is_refused_with_what_to_write(written: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        parse_matchers(written)
