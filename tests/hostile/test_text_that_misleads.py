"""Words of reports are data on every screen: they add no line, restyle nothing, hide nothing."""

import json
import unicodedata
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from schemas.alert import Alert, Span
from services.notifier.adapters.console import build_panel
from services.notifier.domain.message import render
from services.notifier.domain.page import build_event
from services.notifier.domain.ports import Notice
from tests.notifier.alerts import alert, evidence

FSI, PDI = "\u2068", "\u2069"
ARABIC = "استهداف سفينة"
LINES = ["\n", "\r", "\t\n", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]
REORDERING = [*"\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"]
HIDDEN = [*"\x00\x07\x08\x1b\x7f\x80\x9b\xad\u200b\u2060\u2063\ufeff\ufff9\U000e0041"]

texts = st.text(
    st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from([*REORDERING, *HIDDEN, "\n", "\u2028", *"&<>*_~`", "\u0301", "\u200d"]),
        st.sampled_from(ARABIC),
    ),
    max_size=300,
)


def flooded(text: str, *spans: Span) -> Alert:
    """An alert with the text in all of its fields."""
    report = evidence(title=text, excerpt=text, source=text, spans=spans)
    fields: dict[str, Any] = dict.fromkeys(("summary", "explain", "action", "reason"), text)
    return alert(group={"place": text, text: "IQ"}, evidence=(report,), **fields)


def strings(value: Any) -> Iterator[str]:
    """Every string in a JSON value but the types of its parts."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from strings([part for name, part in value.items() if name != "type"])
    elif isinstance(value, list | tuple):
        for item in value:
            yield from strings(item)


def in_slack(shown: Alert) -> list[str]:
    message = render(Notice(shown))
    return [*strings(message["blocks"]), message["text"]]


def on_the_pager(shown: Alert) -> list[str]:
    return [*strings(build_event(Notice(shown)))]


def on_the_console(shown: Alert) -> list[str]:
    terminal = Console(file=StringIO(), width=10_000, force_terminal=False)
    terminal.print(build_panel(Notice(shown)))
    assert isinstance(terminal.file, StringIO)
    return terminal.file.getvalue().split("\n")


RECEIVERS = [in_slack, on_the_pager, on_the_console]


@pytest.mark.parametrize("receiver", RECEIVERS)
@pytest.mark.parametrize("line_end", LINES, ids=ascii)
def test_a_report_adds_no_line(receiver: Any, line_end: str) -> None:
    shown = receiver(flooded(f"Basra{line_end}*Confirmed by:* CENTCOM"))

    assert "".join(shown).count("Basra") >= 7
    for text in shown:
        assert is_one_line(text.removeprefix("\n"))
        assert text.count("Basra") == text.count("Confirmed")


@pytest.mark.parametrize("receiver", RECEIVERS)
@pytest.mark.parametrize("character", [*REORDERING, *HIDDEN], ids=ascii)
def test_a_report_hides_and_reorders_nothing(receiver: Any, character: str) -> None:
    shown = receiver(flooded(f"Bas{character}ra"))

    assert character not in "".join(shown)
    assert "".join(shown).count("Basra") >= 7


@pytest.mark.parametrize("receiver", RECEIVERS)
def test_words_from_right_to_left_are_isolated(receiver: Any) -> None:
    shown = "".join(receiver(flooded(f"{ARABIC}\u202e 12")))

    assert shown.count(ARABIC) >= 7
    assert shown.count(f"{FSI}{ARABIC} 12{PDI}") == shown.count(ARABIC)


def test_matched_words_from_right_to_left_are_isolated_with_those_beside_them() -> None:
    report = evidence(title=None, excerpt=ARABIC, spans=(Span(start=0, end=3),))
    (quote,) = (
        part["elements"]
        for block in render(Notice(alert(evidence=(report,))))["blocks"]
        for part in block.get("elements", [])
        if part["type"] == "rich_text_quote"
    )

    assert "".join(element["text"] for element in quote) == f"{FSI}{ARABIC}{PDI}"


def test_a_report_restyles_nothing_in_slack() -> None:
    text = "`Basra` *Confirmed* _by_ ~all~ <!channel> <https://e.example|x> :fire: &lt;"
    message = render(Notice(flooded(text)))

    assert "mrkdwn" not in json.dumps(message["blocks"])
    assert '"emoji": true' not in json.dumps(message["blocks"])
    assert "".join(strings(message["blocks"])).count(text) >= 7
    assert not set("`*_~<>") & set(message["text"])


@pytest.mark.parametrize("begin", range(len("&amp;")))
def test_a_cut_splits_no_entity(begin: int) -> None:
    text: str = render(Notice(alert(summary="x" * begin + "&" * 5000)))["text"]

    assert "&" not in text.replace("&amp;", "")


def test_a_cut_splits_no_link() -> None:
    long = evidence(url="https://e.example/" + "%41" * 900, title="&" * 5000)
    blocks = render(Notice(alert(evidence=(long,))))["blocks"]

    assert not any("e.example" in text for text in strings(blocks))


@pytest.mark.parametrize("receiver", RECEIVERS)
def test_marks_do_not_bury_the_lines_around_them(receiver: Any) -> None:
    shown = receiver(alert(summary="a" + "\u0301" * 1000))

    assert "a" + "\u0301" * 8 in "".join(shown)
    assert "\u0301" * 9 not in "".join(shown)


@given(texts)
def test_any_text_is_one_line_with_its_isolates_closed(text: str) -> None:
    shown = flooded(text, Span(start=1, end=3))

    for line in [*in_slack(shown), *on_the_pager(shown)]:
        assert is_one_line(line.removeprefix("\n"))
    for block in render(Notice(shown))["blocks"]:
        for part in block.get("elements", [block.get("text")]):
            assert isolates_are_closed("".join(strings(part)))
    for line in [render(Notice(shown))["text"], *on_the_pager(shown), *on_the_console(shown)]:
        assert isolates_are_closed(line)


@given(texts)
def test_any_text_is_escaped_and_within_the_limits(text: str) -> None:
    notice = Notice(flooded(text * 20, Span(start=1, end=3)))
    message, page = render(notice), build_event(notice)

    bare = message["text"]
    for entity in ("&amp;", "&lt;", "&gt;"):
        bare = bare.replace(entity, "")
    assert not set("&<>*_~`") & set(bare)
    assert len(message["text"].encode()) <= 4000
    assert all(len("".join(strings(block)).encode()) <= 4200 for block in message["blocks"])
    assert len(page["payload"]["summary"].encode()) <= 1024
    assert len(json.dumps(page).encode()) <= 512 * 1024


def is_one_line(text: str) -> bool:
    return len(text.splitlines()) <= 1 and not any(
        unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in text
    )


def isolates_are_closed(text: str) -> bool:
    depth = 0
    for character in text:
        depth += (character == FSI) - (character == PDI)
        if depth not in (0, 1):
            return False
    return depth == 0 and not (set(REORDERING) - {FSI, PDI}) & set(text)
