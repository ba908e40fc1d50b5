"""What a reader sees in Slack, and that Slack takes it."""

import json
from typing import Any

import pytest

from schemas.alert import MOST_EVIDENCE, Level, Span, Status
from schemas.ledger import Entry
from services.notifier.domain.entry import record_sent
from services.notifier.domain.message import render
from services.notifier.domain.ports import Notice
from tests.notifier.alerts import NOON, SECOND, alert, evidence
from tests.notifier.mrkdwn import read_blocks


def words(**changes: Any) -> str:
    """All texts of the message, a line each, rich text as the mrkdwn that would show the same."""
    return read_blocks(render(Notice(alert(**changes)))["blocks"])


def test_level_change_title_group_summary_facts_and_origin_are_shown_in_this_order() -> None:
    lines = words(action="Call the embassy.").splitlines()

    assert lines[:6] == [
        "🟠 HIGH · NEW · Joint march · country: IQ",
        "*3 proxies endorse the march*",
        "DO Call the embassy.",
        "SURE 1 source · B2: source usually reliable, report probably true",
        "WHEN happened 11:59Z · learned 11:59Z",
        "WHY 3 distinct endorsers in 7 d, 3 asked for",
    ]
    assert lines[-1] == "iraq-2020/joint_march · a1 · rev 1"


def test_evidence_has_link_source_grade_and_the_match_in_bold() -> None:
    assert (
        "<https://example.org/1|Report 1>\nreuters · B2 · 11:59Z\n> *Badr* backs the march."
    ) in words()


def test_evidence_without_a_link_shows_its_title_if_it_has_one() -> None:
    assert "\nreuters · B2 · 11:59Z" in words(evidence=(evidence(url=None, title=None),))
    assert "*Report 1*\nreuters · B2" in words(evidence=(evidence(url=None),))


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
        ("late", "LATE"),
        ("exercise", "DRILL"),
        ("backfill", "HISTORY"),
    ],
)
def test_what_changes_everything_is_the_first_word(flag: str, word: str) -> None:
    assert words(**{flag: True}).startswith(f"🟠 {word} · HIGH · NEW")


def test_one_source_that_nobody_confirms_is_named_as_such() -> None:
    assert "SURE 1 source, unconfirmed · B2" in words(uncorroborated=True)


def test_a_possible_repeat_is_marked_in_message_and_fallback() -> None:
    message = render(Notice(alert(), possible_repeat=True))

    assert "POSSIBLE REPEAT" in json.dumps(message["blocks"])
    assert "POSSIBLE REPEAT" in message["text"]


@pytest.mark.parametrize(
    ("status", "headline"),
    [(Status.RESOLVED, "✅ RESOLVED"), (Status.WITHDRAWN, "↩️ WITHDRAWN")],
)
def test_an_end_is_one_line(status: Status, headline: str) -> None:
    ended = alert(revision=2, status=status)
    message = render(Notice(ended, before=record_sent(Entry(), alert(), "m1", NOON)))

    header, origin = message["blocks"]
    line = f"{headline} · Joint march · country: IQ · after 1 h · 1 report"
    assert header["text"]["text"] == message["text"] == line
    assert origin["type"] == "context"


def test_an_end_that_is_not_the_situations_has_its_reason_and_is_not_green() -> None:
    ended = alert(revision=2, status=Status.RESOLVED, reason="rule removed")
    message = render(Notice(ended, before=record_sent(Entry(), alert(), "m1", NOON)))

    assert message["text"].startswith("⏹️ RESOLVED · Joint march · country: IQ · rule removed")


def test_an_alert_that_ended_before_it_was_ever_shown_is_shown_whole() -> None:
    text = words(status=Status.RESOLVED)

    assert text.startswith("✅ HIGH · RESOLVED · Joint march · country: IQ\n")
    assert "Badr" in text


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


def test_a_report_in_another_script_says_so() -> None:
    text = words(evidence=(evidence(title=None, excerpt="استهداف سفينة تجارية", spans=()),))

    assert (
        "reuters · B2 · 11:59Z · Arabic, untranslated\n> \u2068استهداف سفينة تجارية\u2069" in text
    )


def test_reports_that_came_after_the_last_message_are_marked() -> None:
    more = alert(revision=2, evidence=(evidence(2, recorded_at=NOON + SECOND), evidence(1)))
    built = render(Notice(more, before=record_sent(Entry(), alert(), "m1", NOON)))

    quoted = [block for block in built["blocks"] if len(block.get("elements", [])) > 1]
    assert ["NEW" in json.dumps(block) for block in quoted] == [True, False]
