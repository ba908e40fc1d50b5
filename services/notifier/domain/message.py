"""An alert as a Slack message: Block Kit, within Slack's limits."""

import re
from typing import Any
from urllib.parse import quote

from schemas.alert import Alert, Level, Status
from services.notifier.domain.alert_view import AlertView, EvidenceView, TextRun, build_view, cut
from services.notifier.domain.ports import Notice

LONGEST_HEADER = 150
LONGEST_SECTION = 3000
LONGEST_FALLBACK = 1000
LONGEST_TITLE = 200
LONGEST_URL = 1000
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
    """`text`, `blocks` and `metadata` of the message."""
    view = build_view(notice)
    return {
        "text": fallback(view),
        "blocks": blocks(notice.alert, view),
        "metadata": metadata(notice.alert),
    }


def metadata(alert: Alert) -> dict[str, Any]:
    """What the message carries unseen, to be found by."""
    return {
        "event_type": EVENT_TYPE,
        "event_payload": {"alert": alert.id, "revision": alert.revision},
    }


def fallback(view: AlertView) -> str:
    """One line for notifications and readers without blocks."""
    marks = "".join(f" ({flag})" for flag in view.flags)
    text = f"[{view.state}] {cut(view.summary, LONGEST_FALLBACK)}{marks}"
    return escape(f"{text} ({view.group_line})" if view.group else text)


def blocks(alert: Alert, view: AlertView) -> list[Block]:
    """The blocks, from what matters most to what matters least."""
    headline = f"{icon(alert)} {view.state}: {view.summary}"
    found = [_header(headline)]
    if len(headline) > LONGEST_HEADER:
        found.append(_section(escape(view.summary)))
    found += [_section(_about(view)), _section(f"_{_even(escape(view.explain))}_")]
    found += [_section(_evidence(item)) for item in view.evidence]
    if view.more > 0:
        found.append(_context(f"and {view.more} more"))
    if view.action:
        found.append(_section(f"*Action:* {escape(view.action)}"))
    return [*found, _context(escape(view.footer))]


def icon(alert: Alert) -> str:
    """The level as a colour, or how it ended."""
    ended = {Status.RESOLVED: "✅", Status.WITHDRAWN: "↩️"}
    return ended.get(alert.status) or ICONS[alert.level]


def escape(text: str) -> str:
    """Slack's three characters, so that no text can mention anybody or pose as a link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _about(view: AlertView) -> str:
    lines = [f"*Rule:* {escape(view.rule)} ({escape(view.pack)})"]
    lines += [f"*{escape(field)}:* {escape(value)}" for field, value in view.group]
    if view.flags:
        lines.insert(0, "⚠️ *" + " · ".join(view.flags) + "*")
    return "\n".join(lines)


def _evidence(item: EvidenceView) -> str:
    title = escape(cut(item.title or item.source, LONGEST_TITLE))
    link = _address(item.url)
    head = f"<{link}|{title}>" if link else f"*{title}*"
    lines = [head, f"{escape(item.source)} · grade {item.grade} · {item.time} UTC"]
    if item.excerpt:
        lines.append("> " + "".join(_piece(piece) for piece in item.excerpt))
    return "\n".join(lines)


def _piece(piece: TextRun) -> str:
    text = escape(re.sub(r"\s+", " ", piece.text))
    inner = text.strip()
    if not piece.bold or not inner or "*" in inner:
        return text
    return text.replace(inner, f"*{inner}*", 1)


def _address(url: str | None) -> str | None:
    if url is None or not url.lower().startswith(("http://", "https://")):
        return None
    safe = quote(url, safe="%/:=&?~#+!$,;'@()*[]")
    return escape(safe) if len(safe) <= LONGEST_URL else None


def _even(text: str) -> str:
    # an underscore inside would end the italics
    return text.replace("_", " ")


def _header(text: str) -> Block:
    plain = {"type": "plain_text", "text": cut(text, LONGEST_HEADER), "emoji": True}
    return {"type": "header", "text": plain}


def _section(text: str) -> Block:
    return {"type": "section", "text": _mrkdwn(text)}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [_mrkdwn(text)]}


def _mrkdwn(text: str) -> Block:
    return {"type": "mrkdwn", "text": cut(text, LONGEST_SECTION)}
