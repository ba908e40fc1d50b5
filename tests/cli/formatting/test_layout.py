"""The one form of rule files: layout changes, and no value, comment or letter does."""

from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli.formatting.layout import NotFormattable, format_text
from services.yaml_documents import read_documents
from tests.examples import scale_examples

ROOT = Path(__file__).parents[3]


def form(text: str) -> str:
    return format_text("rule.yaml", dedent(text))


def meaning(text: str) -> list[object]:
    documents, faults = read_documents("rule.yaml", text.encode())
    assert not faults
    return [document.value for document in documents]


def test_lines_are_indented_by_two_spaces_a_level_and_lists_too() -> None:
    assert form("""\
        name: rockets
        words:
            en:
            - rocket/n
            -   fire/v
            # the plural
            ar:
                    -   صاروخ
        """) == dedent("""\
        name: rockets
        words:
          en:
            - rocket/n
            - fire/v
          # the plural
          ar:
            - صاروخ
        """)


def test_what_a_list_item_holds_moves_with_it() -> None:
    assert form("""\
        members:
        -   id: badr
            # as it calls itself
            name: Badr
            aliases:
            - 'Badr
              Organisation'
        -  {id: aah, name: AAH}
        """) == dedent("""\
        members:
          - id: badr
            # as it calls itself
            name: Badr
            aliases:
              - 'Badr
                Organisation'
          - {id: aah, name: AAH}
        """)


def test_marks_have_one_space_behind_them_and_none_inside() -> None:
    assert form("name:   a\nwords: { en : [ a,b ,  c ] }  # why\n") == (
        "name: a\nwords: {en: [a, b, c]}  # why\n"
    )


def test_keys_have_their_order_and_comments_go_with_them() -> None:
    assert form("""\
        # yaml-language-server: $schema=rule.json
        # grave: it is near
        level: high
        name: b
        title: B

        # what it counts
        correlation: {type: event_count, rules: [a], timespan: 1d}
        description: >-
          Text of
          two lines.
        """) == dedent("""\
        # yaml-language-server: $schema=rule.json
        title: B

        name: b
        description: >-
          Text of
          two lines.
        # what it counts
        correlation: {type: event_count, rules: [a], timespan: 1d}
        # grave: it is near
        level: high
        """)


def test_a_line_stands_between_documents_and_no_empty_one_beside_it() -> None:
    assert form("---\nname: a\n\n\n---\n\nname: b\n\n\n# why\nkind: words\n\n") == (
        "name: a\n---\nname: b\n\n# why\nkind: words\n"
    )


def test_line_ends_and_spaces_behind_lines_go_but_not_within_texts() -> None:
    text = "name: a  \r\ntitle: |\r\n  two  \r\n\r\n\r\n  lines \r\nkind: b\r\n"

    assert form(text) == "name: a\nkind: b\ntitle: |\n  two  \n\n\n  lines \n"


def test_a_line_of_a_text_that_looks_like_a_comment_stays_in_it() -> None:
    assert form("""\
        words:
            - |
                # Heading
                  text
        """) == dedent("""\
        words:
          - |
              # Heading
                text
        """)


def test_lines_that_a_text_keeps_at_its_end_go_with_it() -> None:
    assert form("title: b\nname: |+\n  a\n\n\n---\nname: >+\n\n\n") == (
        "name: |+\n  a\n\n\ntitle: b\n---\nname: >+\n\n\n"
    )
    assert form("title: b\nname: |\n  a\n\n\n---\nname: |\n  a\n\n\n") == (
        "name: |\n  a\ntitle: b\n---\nname: |\n  a\n"
    )


def test_the_last_line_ends_unless_a_text_would_get_a_line_end_by_it() -> None:
    assert form("name: a\n  b") == "name: a\n  b\n"
    assert form("name: |\n  b") == "name: |\n  b"


def test_a_text_that_begins_with_spaces_moves_with_what_holds_it() -> None:
    text = "title:\n-   - |2\n         a\n\n       \n      b\n"

    assert format_text("rule.yaml", text) == "title:\n  - - |2\n         a\n\n       \n      b\n"


def test_arabic_and_marks_of_direction_stay_letter_by_letter() -> None:
    words = ["\u2067مليونية\u2069", "ال\u200cحشد", "\u202bمسيرة\u202c", "صــاروخ", "e\u0301lan"]
    text = "words:\n    ar: [" + ",".join(words) + "]\n"

    assert form(text) == "words:\n  ar: [" + ", ".join(words) + "]\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: [a\n", "rule.yaml:1: is no YAML"),
        ("name: a\nname: b\n", "is there twice"),
        ("name: a\ntitle: 'x\u2028y'\n", "rule.yaml:2: holds the line break U.2028"),
        ("level: yes\n", "write true or false"),
        (
            "level: &l high\nname: *l\ndetection: {}\n",
            r"it would mean something else: left as it is \(write out what \* takes from &\)",
        ),
    ],
)
def test_a_file_with_a_fault_is_left_as_it_is(text: str, message: str) -> None:
    with pytest.raises(NotFormattable, match=message):
        form(text)


def test_the_shipped_rules_and_the_templates_are_in_form() -> None:
    files = [*ROOT.glob("rules/**/*.yaml"), *ROOT.glob("cli/rule_types/**/*.yaml")]

    texts = {file: file.read_text("utf-8") for file in files}

    assert len(files) > 100
    assert [file for file, text in texts.items() if format_text(str(file), text) != text] == []


LETTERS = st.sampled_from("ab:#-,[]{}'\"|>%& \n\t\u200f\u2067\u2069مليونيةé0")
TEXTS = st.text(LETTERS, max_size=12)
KEYS = st.sampled_from(["title", "name", "level", "detection", "words", "x", "مسيرة", "a b"])
VALUES = st.recursive(
    TEXTS | st.integers(-9, 9) | st.booleans() | st.none(),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(KEYS, below, max_size=3),
    max_leaves=12,
)
LAYOUTS = st.fixed_dictionaries(
    {
        "indent": st.sampled_from([2, 3, 4, 8]),
        "width": st.sampled_from([10, 30, 100]),
        "default_flow_style": st.sampled_from([True, False, None]),
        "default_style": st.sampled_from([None, "'", '"', "|", ">"]),
        "explicit_start": st.booleans(),
        "allow_unicode": st.just(value=True),
        "sort_keys": st.just(value=False),
    }
)
DOCUMENTS = st.lists(st.dictionaries(KEYS, VALUES, min_size=1, max_size=4), min_size=1, max_size=3)


def with_comments(text: str, places: list[int]) -> str:
    """A comment before and behind some lines, where it does not become a part of a text."""
    lines = text.split("\n")
    for place in places:
        number = place % len(lines)
        candidate = [*lines[:number], f"# note {number}", *lines[number:]]
        if _is_same(text, "\n".join(candidate)):
            lines = candidate
    return "\n".join(lines)


def _is_same(text: str, other: str) -> bool:
    documents, faults = read_documents("rule.yaml", other.encode())
    return not faults and [document.value for document in documents] == meaning(text)


@settings(
    deadline=None, max_examples=scale_examples(150), suppress_health_check=[HealthCheck.too_slow]
)
@given(DOCUMENTS, LAYOUTS, st.lists(st.integers(0, 40), max_size=3))
def test_whatever_is_written_means_the_same_and_has_one_form(
    documents: list[dict[str, Any]], layout: dict[str, Any], places: list[int]
) -> None:
    dumped = yaml.safe_dump_all(documents, **layout)
    if read_documents("rule.yaml", dumped.encode())[1]:
        return  # the reader refuses it, for people or for machines
    text = with_comments(dumped, places)
    formatted = format_text("rule.yaml", text)

    assert meaning(formatted) == meaning(text)
    assert format_text("rule.yaml", formatted) == formatted
    assert sorted(comments(formatted)) == sorted(comments(text))


def comments(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip().startswith("# note")]
