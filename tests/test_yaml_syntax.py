"""What a text that is no YAML is told: the line, and the way out."""

import pytest
import yaml

from services.yaml_syntax import SyntaxFault, describe_syntax_error


def describe(text: str) -> SyntaxFault:
    with pytest.raises(yaml.YAMLError) as raised:
        list(yaml.compose_all(text, Loader=yaml.CSafeLoader))
    return describe_syntax_error(raised.value, text)


@pytest.mark.parametrize(
    ("text", "line", "hint"),
    [
        ("a: 1\nb:\n\tc: 1\n", 3, "indent with spaces, not with a tab"),
        ("a: 1\r\n\tb: 2\r\n", 2, "indent with spaces, not with a tab"),
        ("a: 1\nsays: [%list% > %verb%]\n", 2, "put a text that begins with % in quotes"),
        ("a: 1\nsays:\n  - %list%\n", 3, "put a text that begins with % in quotes"),
        ("says: ['a', !trade]\n", 1, "put a text that begins with ! in quotes"),
        ("says: ['a', !%trade%]\n", 1, "put a text that begins with ! in quotes"),
        ("name: *march\n", 1, "put a text that begins with * in quotes"),
        ("a: &x 1\nb: &x 2\n", 2, "put a text that begins with & in quotes"),
        ("title: Dockers: a strike\n", 1, "put a text that has ': ' in it in quotes"),
        ("a:\n  b: 1\n   c: 2\n", 3, "see whether the line is indented too far"),
        ("a:\n   b: 1\n  c: 2\n", 3, "keys of one map begin in one column"),
        ("a: 1\nb\nc: 2\n", 3, "keys of one map begin in one column, each with a :"),
        ("a: 'it's'\n", 1, "put the whole text behind the : in quotes"),
        ("summary: {{ value }} hurt\n", 1, "put the whole text behind the : in quotes"),
        ("says: ['a', 'b]\nc: d\ne: 'f'\n", 3, "a bracket of line 1 is not closed"),
        ("{at: 1h, text: x: y}\n", 1, "a text in it needs quotes or a comma"),
        ("a: 1\nb: 'c\nd: e\n", 3, "the quote that opens in line 2 is not closed"),
        ("a: - b\n", 1, "a list begins on a line of its own"),
        ('a: "\\d"\n', 1, "put a text with \\ in '…'"),
    ],
)
def test_a_mistake_is_told_its_line_and_the_way_out(text: str, line: int, hint: str) -> None:
    fault = describe(text)

    assert fault.line == line
    assert hint in fault.hint


def test_a_character_that_no_yaml_may_have_is_named_with_its_line() -> None:
    assert describe("a: é\nb: \x00\n") == SyntaxFault(2, "the character U+0000 may not be in it")


def test_a_mistake_behind_the_last_line_is_told_of_that_line() -> None:
    assert describe("[a,\nb").line == 2
