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
    """One line, shown in notifications and where blocks are not supported."""
    flags = "".join(f" ({flag})" for flag in view.flags)
    text = f"[{view.state}] {cut(view.summary, LONGEST_FALLBACK)}{flags}"
    return escape(f"{text} ({view.group_line})" if view.group else text)


def build_blocks(alert: Alert, view: AlertView) -> list[Block]:
    """The blocks, the most important first."""
    headline = f"{choose_icon(alert)} {view.state}: {view.summary}"
    blocks = [_header(headline)]
    if len(headline) > LONGEST_HEADER:
        blocks.append(_section(escape(view.summary)))
    blocks += [
        _section(_describe_rule(view)),
        _section(f"_{_drop_underscores(escape(view.explain))}_"),
    ]
    blocks += [_section(_format_evidence(item)) for item in view.evidence]
    if view.hidden_count > 0:
        blocks.append(_context(f"and {view.hidden_count} more"))
    if view.action:
        blocks.append(_section(f"*Action:* {escape(view.action)}"))
    return [*blocks, _context(escape(view.footer))]


def choose_icon(alert: Alert) -> str:
    """The level's colour, or the icon of the end."""
    ended = {Status.RESOLVED: "✅", Status.WITHDRAWN: "↩️"}
    return ended.get(alert.status) or ICONS[alert.level]


def escape(text: str) -> str:
    """Slack's three characters, so that no text becomes a mention or a link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _describe_rule(view: AlertView) -> str:
    lines = [f"*Rule:* {escape(view.rule)} ({escape(view.pack)})"]
    lines += [f"*{escape(field)}:* {escape(value)}" for field, value in view.group]
    if view.flags:
        lines.insert(0, "⚠️ *" + " · ".join(view.flags) + "*")
    return "\n".join(lines)


def _format_evidence(item: EvidenceView) -> str:
    title = escape(cut(item.title or item.source, LONGEST_TITLE))
    link = _escape_url(item.url)
    head = f"<{link}|{title}>" if link else f"*{title}*"
    lines = [head, f"{escape(item.source)} · grade {item.grade} · {item.time} UTC"]
    if item.excerpt:
        lines.append("> " + "".join(_format_run(run) for run in item.excerpt))
    return "\n".join(lines)


def _format_run(run: TextRun) -> str:
    text = escape(re.sub(r"\s+", " ", run.text))
    inner = text.strip()
    if not run.bold or not inner or "*" in inner:
        return text
    return text.replace(inner, f"*{inner}*", 1)


def _escape_url(url: str | None) -> str | None:
    if url is None or not url.lower().startswith(("http://", "https://")):
        return None
    safe = quote(url, safe="%/:=&?~#+!$,;'@()*[]")
    return escape(safe) if len(safe) <= LONGEST_URL else None


def _drop_underscores(text: str) -> str:
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
