import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.event import Event
from services.ingest.domain.values.html import LARGEST_PIECE, read_html
from services.ingest.domain.values.slack_text import read_slack_text
from services.ingest.domain.values.texts import clean_line, clean_text
from tests.ingest.builders import NOON

HTML = {
    "plain": ("Rockets hit Taji.", "Rockets hit Taji."),
    "blocks": ("<p>One.</p><p>Two.</p>", "One.\n\nTwo."),
    "a break": ("One<br/>two", "One\ntwo"),
    "cells": ("<tr><td>a</td><td>b</td></tr>", "a\n\nb"),
    "inline": ("roc<b>kets</b>", "rockets"),
    "references": ("Two&nbsp;dead &amp; &#1578;", "Two dead & ت"),
    "a script": ("a<script>x('</p>')</script>b", "ab"),
    "a style that does not end": ("a<style>b{}", "a"),
    "a comment": ("a<!-- <p>b</p> -->c", "ac"),
    "an attribute with a bracket": ('<a title="x>y" href="z">t</a>', "t"),
    "escaped twice": ("&lt;p&gt;Hi&lt;/p&gt;", "Hi"),
    "no markup": ("a < b and c > d & e", "a < b and c > d & e"),
    "a name": ("AT&T said", "AT&T said"),
    "half a surrogate pair": ("\ud800<b>x</b>", "?x"),
}


@pytest.mark.parametrize(("markup", "words"), HTML.values(), ids=HTML)
def test_html_becomes_the_words_that_are_seen(markup: str, words: str) -> None:
    assert read_html(markup) == words


def test_long_html_is_read_whole() -> None:
    paragraphs = [f"Paragraph {number}." for number in range(6000)]

    words = read_html("".join(f"<p>{each}</p>" for each in paragraphs)).split("\n\n")

    assert len("".join(paragraphs)) > 2 * LARGEST_PIECE
    assert words == paragraphs


@pytest.mark.parametrize("opening", ["<b>", "<table><td>", "<script>", "<!--", "<", "<p ", "&a"])
def test_deep_nesting_is_read_in_pieces(opening: str) -> None:
    assert "word" not in read_html("<script>word") + read_html("<!--word")
    read_html(opening * 20_000)


CLEAN = {
    "decomposed": ("e\u0301", "\u00e9"),
    "bidi controls": ("\u202eabc\u202c \u2066x\u2069 \u200fy\u061c", "abc x y"),
    "a hidden space": ("bo\u200bmb \ufeffx\u2060y so\u00adft", "bomb xy soft"),
    "hidden joiners": ("bo\u200cm\u200db", "bomb"),
    "tags": ("a\U000e0041b", "ab"),
    "the joiner of Persian": ("می\u200cروند", "می\u200cروند"),
    "the joiner of emoji": ("👨\u200d👩", "👨\u200d👩"),
    "lines": ("a\r\nb\rc\u2028d\x0ce", "a\nb\nc\nd\ne"),
    "spaces": (" a\u00a0 \t b \n\n\n\n c\u3000", "a b\n\nc"),
    "controls": ("a\x00b\x1bc\x7f\x9b", "a b c"),
    "surrogates": ("a\ud800b", "a\ufffdb"),
}


@pytest.mark.parametrize(("written", "clean"), CLEAN.values(), ids=CLEAN)
def test_a_text_is_cleaned(written: str, clean: str) -> None:
    assert clean_text(written) == clean


def test_a_line_has_no_break() -> None:
    assert clean_line("a\n\n b\u2029c") == "a b c"


def test_marks_without_end_are_cut_at_thirty() -> None:
    assert len(clean_text("a" + "\u0327\u0301" * 100_000)) <= 31


@given(st.text(st.characters(codec=None)))
def test_any_text_can_be_stored_after_cleaning(written: str) -> None:
    text = clean_text(written)

    Event(id="1", source="a", title="t", text=text, occurred_at=NOON)
    assert unicodedata.is_normalized("NFC", text)
    assert clean_text(text) == text


MARKUP = st.sampled_from(["<p>", "</p>", "<b", ">", "&amp;", "&#x", "<!--", "-->", "<script>"])


@given(st.lists(MARKUP | st.text(st.characters(codec=None), max_size=5), max_size=20).map("".join))
def test_any_markup_can_be_stored_after_reading(markup: str) -> None:
    Event(id="1", source="a", title="t", text=read_html(markup), occurred_at=NOON)


def test_slacks_marks_are_words() -> None:
    text = "see <https://a.b/?x=1&amp;y|the link> and <https://c> &amp; <@U1> <!here> &lt;b&gt;"

    assert read_slack_text(text) == "see the link and https://c & @U1 !here <b>"
