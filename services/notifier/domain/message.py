"""An alert as a Slack message: Block Kit, within Slack's limits of 13,200 characters in all.

No block holds mrkdwn: words of reports are plain or rich text, where no character has a meaning.
"""

from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import Any

from services.notifier.domain.alert_view import build_view
from services.notifier.domain.group_view import build_reply_view
from services.notifier.domain.ports import Notice
from services.notifier.domain.slack_blocks import Block, plain
from services.notifier.domain.slack_buttons import build_buttons
from services.notifier.domain.views import AlertView, EvidenceView
from services.report_text import FSI, PDI, cut_line, escape_mrkdwn

LONGEST_HEADER = 150
LONGEST_BLOCK = 1000
LONGEST_QUOTE = 2000
"""Holds every excerpt: four bytes for each of its characters."""
LONGEST_CONTEXT = 300
LONGEST_FALLBACK = 1000
LONGEST_NAME = 200
SHORTEST_CUT = 10
BETWEEN = " · "
"""Between the parts of a headline."""
EVENT_TYPE = "vedette_alert"
REPLY_TYPE = "vedette_group_change"


def render(notice: Notice, *, has_buttons: bool = False) -> dict[str, Any]:
    """`text`, `blocks` and `metadata` of the message; its short form has no blocks.

    `has_buttons`: whether somebody listens to them.
    """
    view = build_view(notice)
    if notice.short:
        fallback = build_fallback(view)
        return {"text": fallback, "blocks": [], "metadata": build_metadata(notice)}
    buttons = build_buttons(notice) if has_buttons else []
    return {
        "text": build_fallback(view),
        "blocks": [*build_blocks(view), *buttons],
        "metadata": build_metadata(notice),
    }


def render_reply(notice: Notice) -> dict[str, Any]:
    """`text`, `blocks` and `metadata` of what the thread of a message is told."""
    view = build_reply_view(notice)
    return {
        "text": build_fallback(view),
        "blocks": build_blocks(view),
        "metadata": {"event_type": REPLY_TYPE, "event_payload": build_reply_payload(notice)},
    }


def build_reply_payload(notice: Notice) -> dict[str, Any]:
    """What of its metadata a reply is recognised by."""
    shown = notice.group or notice.alert
    return {"thread": shown.id, "revision": shown.revision}


def build_metadata(notice: Notice) -> dict[str, Any]:
    """The hidden metadata by which `find` recognises the message: of the alert, or the group."""
    shown = notice.group or notice.alert
    return {
        "event_type": EVENT_TYPE,
        "event_payload": {"alert": shown.id, "revision": shown.revision},
    }


def build_fallback(view: AlertView) -> str:
    """One line of mrkdwn, shown in notifications and where blocks are not supported."""
    parts = [view.headline, view.summary or ""]
    return " · ".join(cut_line(part, LONGEST_FALLBACK, escape_mrkdwn) for part in parts if part)


def build_blocks(view: AlertView) -> list[Block]:
    """The blocks, the most important first."""
    header, rest = _split_headline(view.headline)
    blocks = [{"type": "header", "text": plain(header)}]
    if rest:
        blocks.append(_rich_text([_text(rest)]))
    if view.summary:
        blocks.append(_rich_text([_text(view.summary, bold=True)]))
    blocks += [
        _rich_text([_text(label, code=True), _text(f" {text}" if label else text)])
        for label, text in view.facts
    ]
    blocks += [_format_evidence(item) for item in view.evidence]
    if view.hidden_count > 0:
        blocks.append(_context(f"and {view.hidden_count} more"))
    return [*blocks, _context(view.footer)] if view.footer else blocks


def _split_headline(headline: str) -> tuple[str, str]:
    """What fits into a header, whole parts of it where one does, and the rest."""
    if len(headline.encode()) <= LONGEST_HEADER:
        return headline, ""
    parts = headline.split(BETWEEN)
    begun = accumulate(parts, lambda header, part: f"{header}{BETWEEN}{part}")
    fitting = [header for header in begun if len(header.encode()) <= LONGEST_HEADER]
    if not fitting or fitting[-1].count(FSI) != fitting[-1].count(PDI):
        return cut_line(headline, LONGEST_HEADER), headline
    return fitting[-1], BETWEEN.join(parts[len(fitting) :])


def _format_evidence(item: EvidenceView) -> Block:
    source = cut_line(item.source, LONGEST_NAME)
    head = [
        *_format_title(item),
        _text(f"{source} · {item.grade} · {item.time}{_describe_words(item)}"),
        _text(" · NEW" if item.is_new else "", bold=True),
    ]
    return _rich_text(head, [_text(run.text, bold=run.bold) for run in item.excerpt])


def _format_title(item: EvidenceView) -> list[Block]:
    if item.url is None and item.title is None:
        return []
    title = cut_line(item.title or item.source, LONGEST_NAME)
    if item.url is None:
        return [_text(f"{title}\n", bold=True)]
    return [{"type": "link", "url": item.url, "text": title}, _text("\n")]


def _describe_words(item: EvidenceView) -> str:
    """Which of several rules it met, and that it is not in Latin letters."""
    role = f" · {cut_line(item.role, LONGEST_NAME)}" if item.role else ""
    return f"{role} · {item.script}, untranslated" if item.script else role


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
    return {"type": "context", "elements": [plain(cut_line(text, LONGEST_CONTEXT))]}
