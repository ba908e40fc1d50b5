"""One line of visible characters, cut where nothing is split."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.report_text import (
    FSI,
    PDI,
    clean_line,
    cut_line,
    drop_hidden,
    escape_mrkdwn,
    find_boundary,
)

VISIBLE_FORMATS = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}
JOINERS = {0x200C, 0x200D}
ACUTE = "\u0301"
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"

lines = st.text(
    st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from([*"ab&<>", ACUTE, "\u200d", "\u202e", FSI, PDI, "ا", "\U0001f468"]),
    ),
    max_size=80,
).map(clean_line)


def test_no_control_and_no_format_is_left_but_joiners_and_signs() -> None:
    every = map(chr, range(sys.maxunicode + 1))
    controls = [each for each in every if unicodedata.category(each) in ("Cc", "Cf", "Cs")]

    left = {ord(control) for control in controls if drop_hidden(control) == control}
    assert left == VISIBLE_FORMATS | JOINERS


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  a \u200b \t b\u2028c ", "a b c"),
        ("\x1b[31mred", "[31mred"),
        (f"a{FSI}b{PDI}c", "abc"),
        (f"a{FSI}ا{PDI}c", f"a{FSI}ا{PDI}c"),
        (f"a{PDI}ا{FSI}", f"{FSI}aا{PDI}"),
        (f"{FSI}{FSI}ا{PDI}{PDI}", f"{FSI}ا{PDI}"),
        ("a" + f"{FSI}{ACUTE}{PDI}" * 20, "a" + ACUTE * 8),
        ("می\u200cخواهم", f"{FSI}می\u200cخواهم{PDI}"),
        (FAMILY, FAMILY),
        ("\u200b\u202e", ""),
    ],
    ids=ascii,
)
def test_a_cleaned_line_has_nothing_that_hides_and_stays_as_it_is(text: str, line: str) -> None:
    assert clean_line(text) == line
    assert clean_line(line) == line


@pytest.mark.parametrize(
    ("text", "longest", "cut"),
    [
        ("abcdefghi", 9, "abcdefghi"),
        ("abcdefghij", 9, "abcdef…"),
        ("a&bcdefgh", 9, "a&amp;…"),
        ("ab&cdefgh", 9, "ab…"),
        ("abcde" + ACUTE * 2, 8, "abcd…"),
        (f"ab{FAMILY}", 15, "ab…"),
        (f"{FSI}ابتثج{PDI}", 15, f"{FSI}ابت…{PDI}"),
        (f"abc{FSI}ابتثج{PDI}", 9, "abc…"),
        (f"{FSI}ا{PDI}bcdefgh", 14, f"{FSI}ا{PDI}…"),
        ("\U0001f1ee\U0001f1f6\U0001f1ee\U0001f1f7", 15, "\U0001f1ee\U0001f1f6…"),
    ],
    ids=ascii,
)
def test_a_line_is_cut_where_no_sign_and_no_escape_is_split(
    text: str, longest: int, cut: str
) -> None:
    assert cut_line(text, longest, escape_mrkdwn) == cut


@given(lines, st.integers(min_value=6, max_value=120))
def test_any_cut_keeps_the_limit_and_splits_nothing(line: str, longest: int) -> None:
    whole = cut_line(line, sys.maxsize, escape_mrkdwn)
    cut = cut_line(line, longest, escape_mrkdwn)
    kept = cut.removesuffix(PDI).removesuffix("…") if cut != whole else cut

    assert len(cut.encode()) <= longest
    assert cut.count(FSI) == cut.count(PDI)
    assert whole.startswith(kept)
    assert cut == whole or find_boundary(whole, len(kept)) == len(kept)
    assert not {"&amp"[:length] for length in range(1, 5)} & {kept[-length:] for length in (1, 4)}
