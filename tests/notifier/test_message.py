"""What a reader sees in Slack, and that Slack takes it."""

import json
from datetime import timedelta
from typing import Any

import pytest

from schemas.alert import MOST_EVIDENCE, Level, Span, Status
from services.notifier.domain.message import render
from services.notifier.domain.ports import Notice
from tests.notifier.alerts import alert, evidence


def words(**changes: Any) -> str:
    """All texts of the message, a line each, rich text as the mrkdwn that would show the same."""
    texts = []
    for block in render(Notice(alert(**changes)))["blocks"]:
        parts = [block.get("text"), *block.get("elements", [])]
        texts += [as_mrkdwn(part) for part in parts if part]
    return "\n".join(texts)


def as_mrkdwn(part: dict[str, Any]) -> str:
    if "elements" in part:
        quote = "> " if part["type"] == "rich_text_quote" else ""
        return quote + "".join(as_mrkdwn(element) for element in part["elements"])
    text: str = part["text"]
    if part["type"] == "plain_text":
        return text
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if part["type"] == "link":
        return f"<{part['url']}|{text}>"
    inner = text.strip()
    return text.replace(inner, f"*{inner}*") if part.get("style", {}).get("bold") else text


def test_level_summary_group_explain_and_action_are_shown() -> None:
    text = words(action="Call the embassy.")

    for part in (
        "🟠 HIGH: 3 proxies",
        "*country:* IQ",
        "3 distinct endorsers",
        "Call the embassy.",
    ):
        assert part in text


def test_evidence_has_link_source_grade_and_the_match_in_bold() -> None:
    assert (
        "<https://example.org/1|Report 1>\nreuters · grade B2 · 2026-11-22 11:59 UTC\n"
        "> *Badr* backs the march."
    ) in words()


def test_evidence_without_a_link_shows_its_title_or_source() -> None:
    assert "*reuters*\nreuters · grade B2" in words(evidence=(evidence(url=None, title=None),))


def test_an_address_that_is_no_web_address_is_no_link() -> None:
    assert "javascript" not in words(evidence=(evidence(url="javascript:alert(1)"),))


def test_an_address_cannot_end_its_link() -> None:
    text = words(evidence=(evidence(url="https://a.example/?q=<x>|y"),))

    assert "<https://a.example/?q=%3Cx%3E%7Cy|Report 1>" in text


def test_no_text_can_mention_or_pose_as_a_link() -> None:
    evil = "<!channel> & <https://evil.example|click>"

    text = words(
        summary=evil,
        action=evil,
        explain=evil,
        group={"place": evil},
        evidence=(evidence(source="<!channel>", title=evil, excerpt=evil, spans=()),),
    )

    body = "\n".join(line for line in text.splitlines() if "HIGH" not in line)  # plain text
    assert "<!channel>" not in body
    assert "<https://evil" not in body
    assert "&lt;!channel&gt; &amp; " in body


def test_the_fallback_is_escaped_too() -> None:
    assert "<!channel>" not in render(Notice(alert(summary="<!channel>")))["text"]


@pytest.mark.parametrize(
    ("flag", "word"),
    [
        ("uncorroborated", "uncorroborated"),
        ("late", "late"),
        ("exercise", "EXERCISE"),
        ("backfill", "backfill"),
    ],
)
def test_flags_are_shown(flag: str, word: str) -> None:
    assert f"⚠️ *{word}*" in words(**{flag: True})


def test_a_possible_repeat_is_marked_in_message_and_fallback() -> None:
    message = render(Notice(alert(), possible_repeat=True))

    assert "possible repeat" in json.dumps(message["blocks"])
    assert "possible repeat" in message["text"]


@pytest.mark.parametrize(
    ("status", "headline"),
    [(Status.RESOLVED, "✅ RESOLVED"), (Status.WITHDRAWN, "↩️ WITHDRAWN")],
)
def test_an_ended_alert_shows_how_it_ended(status: Status, headline: str) -> None:
    assert headline in words(status=status)


@pytest.mark.parametrize("level", Level, ids=str)
def test_every_level_has_its_word(level: Level) -> None:
    assert level.upper() in words(level=level)


def test_the_alert_and_its_revision_travel_in_the_metadata() -> None:
    message = render(Notice(alert("a7", revision=3)))

    assert message["metadata"] == {
        "event_type": "vedette_alert",
        "event_payload": {"alert": "a7", "revision": 3},
    }


def test_more_evidence_than_is_shown_is_counted() -> None:
    many = tuple(evidence(number) for number in range(MOST_EVIDENCE))

    assert "and 44 more" in words(evidence=many, evidence_count=52)


def test_a_long_excerpt_is_shown_around_its_match() -> None:
    long = "x " * 1000 + "Badr marches" + " y" * 1000
    spans = (Span(start=2000, end=2004),)

    text = words(evidence=(evidence(excerpt=long, spans=spans),))

    assert "*Badr* marches" in text
    assert "> …x" in text
    assert text.count("…") == 2


def test_spans_that_overlap_or_run_over_the_end_spoil_nothing() -> None:
    spans = (Span(start=0, end=4), Span(start=2, end=10), Span(start=15, end=900))

    assert "> *Badr* *backs* the *march.*" in words(evidence=(evidence(spans=spans),))


def test_the_largest_alert_is_within_slacks_limits() -> None:
    huge = "&<>" * 5000
    many = tuple(
        evidence(number, title=huge, excerpt=huge, url="https://e.example/" + "x" * 900)
        for number in range(MOST_EVIDENCE)
    )
    largest = alert(
        summary=huge,
        action=huge,
        explain=huge,
        reason=huge,
        group={f"field{number}": huge[:900] for number in range(30)},
        evidence=many,
    )

    blocks = render(Notice(largest))["blocks"]

    assert len(blocks) <= 50
    for block in blocks:
        limit = 150 if block["type"] == "header" else 3000
        parts = [block.get("text"), *block.get("elements", [])]
        texts = [text for part in parts if part for text in texts_of(part)]
        assert all(texts)
        assert 0 < len("".join(texts).encode()) <= limit


def texts_of(part: dict[str, Any]) -> list[str]:
    inner = part.get("elements", [])
    return [text for element in inner for text in texts_of(element)] if inner else [part["text"]]


def test_times_are_shown_as_given() -> None:
    starts = alert().starts_at + timedelta(days=1)

    assert f"since {starts:%Y-%m-%d %H:%M} UTC" in words(starts_at=starts)
