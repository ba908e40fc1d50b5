"""An alert as a Slack message: Block Kit, within Slack's limits of 13,200 characters in all.

No block holds mrkdwn: words of reports are plain or rich text, where no character has a meaning.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from schemas.alert import Alert, Level, Status
from services.notifier.domain.alert_view import AlertView, EvidenceView, build_view
from services.notifier.domain.ports import Notice
from services.report_text import cut_line, escape_mrkdwn

LONGEST_HEADER = 150
LONGEST_BLOCK = 1000
LONGEST_QUOTE = 2000
"""Holds every excerpt: four bytes for each of its characters."""
LONGEST_CONTEXT = 300
LONGEST_FALLBACK = 1000
LONGEST_NAME = 200
SHORTEST_CUT = 10
EVENT_TYPE = "vedette_alert"
ICONS = {
    Level.INFORMATIONAL: "⚪",
    Level.LOW: "🔵",
    Level.MEDIUM: "🟡",
    Level.HIGH: "🟠",
    Level.CRITICAL: "🔴",
}

Block = dict[str, Any]


def render(notice: Notice) -> dict[str, Any]:
    """`text`, `blocks` and `metadata` of the message; its short form has no blocks."""
    view = build_view(notice)
    if notice.short:
        plain = {"text": build_fallback(view), "blocks": []}
        return plain | {"metadata": build_metadata(notice.alert)}
    return {
        "text": build_fallback(view),
        "blocks": build_blocks(notice.alert, view),
        "metadata": build_metadata(notice.alert),
    }


def build_metadata(alert: Alert) -> dict[str, Any]:
    """The hidden metadata by which `find` recognises the message."""
    return {
        "event_type": EVENT_TYPE,
        "event_payload": {"alert": alert.id, "revision": alert.revision},
    }


def build_fallback(view: AlertView) -> str:
    """One line of mrkdwn, shown in notifications and where blocks are not supported."""
    flags = "".join(f" ({flag})" for flag in view.flags)
    text = f"[{view.state}] {cut_line(view.summary, LONGEST_FALLBACK, escape_mrkdwn)}{flags}"
    if not view.group:
        return text
    return f"{text} ({cut_line(view.group_line, LONGEST_FALLBACK, escape_mrkdwn)})"


def build_blocks(alert: Alert, view: AlertView) -> list[Block]:
    """The blocks, the most important first."""
    headline = f"{choose_icon(alert)} {view.state}: {view.summary}"
    header = cut_line(headline, LONGEST_HEADER)
    blocks = [{"type": "header", "text": _plain(header)}]
    if header != headline:
        blocks.append(_rich_text([_text(view.summary)]))
    blocks.append(_rich_text(_describe_rule(view)))
    if view.explain:
        blocks.append(_rich_text([_text(view.explain, italic=True)]))
    blocks += [_format_evidence(item) for item in view.evidence]
    if view.hidden_count > 0:
        blocks.append(_context(f"and {view.hidden_count} more"))
    if view.action:
        blocks.append(_rich_text([_text("Action:", bold=True), _text(f" {view.action}")]))
    return [*blocks, _context(view.footer)]


def choose_icon(alert: Alert) -> str:
    """The level's colour, or the icon of the end."""
    ended = {Status.RESOLVED: "✅", Status.WITHDRAWN: "↩️"}
    return ended.get(alert.status) or ICONS[alert.level]


def _describe_rule(view: AlertView) -> Iterator[Block]:
    if view.flags:
        yield from (_text("⚠️ "), _text(" · ".join(view.flags), bold=True), _text("\n"))
    yield from (_text("Rule:", bold=True), _text(f" {view.rule} ({view.pack})"))
    for field, value in view.group:
        name = cut_line(field, LONGEST_NAME)
        yield from (_text("\n"), _text(f"{name}:", bold=True))
        yield _text(f" {cut_line(value, LONGEST_NAME)}")


def _format_evidence(item: EvidenceView) -> Block:
    source = cut_line(item.source, LONGEST_NAME)
    title = cut_line(item.title, LONGEST_NAME) if item.title else source
    head = [
        {"type": "link", "url": item.url, "text": title} if item.url else _text(title, bold=True),
        _text(f"\n{source} · grade {item.grade} · {item.time} UTC"),
    ]
    return _rich_text(head, [_text(run.text, bold=run.bold) for run in item.excerpt])


def _text(text: str, **style: bool) -> Block:
    styles = {name: True for name, holds in style.items() if holds}
    return {"type": "text", "text": text} | ({"style": styles} if styles else {})


def _rich_text(elements: Iterable[Block], quoted: Iterable[Block] = ()) -> Block:
    """A section, then a quote if there is one, within the limit of a block."""
    longest = LONGEST_BLOCK // 2 if quoted else LONGEST_BLOCK
    parts = [{"type": "rich_text_section", "elements": list(_fit(elements, longest))}]
    if quoted:
        parts.append({"type": "rich_text_quote", "elements": list(_fit(quoted, LONGEST_QUOTE))})
    return {"type": "rich_text", "elements": parts}


def _fit(elements: Iterable[Block], longest: int) -> Iterator[Block]:
    """The elements, without empty ones, until `longest` bytes are reached."""
    for element in elements:
        if element["text"] and longest >= SHORTEST_CUT:
            text = cut_line(element["text"], longest)
            longest -= len(text.encode())
            yield element | {"text": text}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [_plain(cut_line(text, LONGEST_CONTEXT))]}


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}
