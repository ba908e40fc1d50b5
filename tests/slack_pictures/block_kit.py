"""Block Kit and mrkdwn as HTML, as Slack draws them; what Vedette does not send is an error."""

import re
from collections.abc import Callable, Iterable, Mapping
from html import escape, unescape
from typing import Any

Block = Mapping[str, Any]

_MRKDWN = re.compile(
    r"<(?P<url>https?://[^|>\s]+)(?:\|(?P<label>[^>]+))?>"
    r"|(?<!\w)\*(?P<bold>[^*\n]+)\*(?!\w)|(?<!\w)_(?P<italic>[^_\n]+)_(?!\w)"
    r"|(?<!\w)~(?P<strike>[^~\n]+)~(?!\w)|`(?P<code>[^`\n]+)`"
)
_TAGS = {"bold": "b", "italic": "i", "strike": "s", "code": "code"}


def draw_blocks(blocks: Iterable[Block]) -> str:
    """The blocks of a message, one below the other.

    Raises KeyError at a kind of block, element or text that is not drawn.
    """
    return "\n".join(_BLOCKS[block["type"]](block) for block in blocks)


def draw_text(part: Block) -> str:
    """A text object: plain, or mrkdwn."""
    return _TEXTS[part["type"]](part["text"])


def draw_mrkdwn(text: str) -> str:
    """Mrkdwn as a client shows it, whose `&amp;`, `&lt;` and `&gt;` are the characters."""
    drawn, position = "", 0
    for found in _MRKDWN.finditer(text):
        drawn += _escape(text[position : found.start()]) + _draw_span(found)
        position = found.end()
    return (drawn + _escape(text[position:])).replace("\n", "<br>")


def _draw_span(found: re.Match[str]) -> str:
    if found["url"]:
        return _link(unescape(found["url"]), unescape(found["label"] or found["url"]))
    kind = found.lastgroup or ""
    return f"<{_TAGS[kind]}>{_escape(found[kind])}</{_TAGS[kind]}>"


def _escape(text: str) -> str:
    return escape(unescape(text))


def _draw_header(block: Block) -> str:
    return f'<h3 class="header">{draw_text(block["text"])}</h3>'


def _draw_section(block: Block) -> str:
    return f'<div class="section">{draw_text(block["text"])}</div>'


def _draw_context(block: Block) -> str:
    return f'<div class="context">{" ".join(map(draw_text, block["elements"]))}</div>'


def _draw_actions(block: Block) -> str:
    buttons = (f"<button>{draw_text(each['text'])}</button>" for each in block["elements"])
    return f'<div class="actions">{" ".join(buttons)}</div>'


def _draw_rich_text(block: Block) -> str:
    return "".join(_RICH_PARTS[part["type"]](part) for part in block["elements"])


def _draw_rich_section(part: Block) -> str:
    return f'<div class="section">{_draw_rich(part)}</div>'


def _draw_rich_quote(part: Block) -> str:
    return f"<blockquote>{_draw_rich(part)}</blockquote>"


def _draw_rich(part: Block) -> str:
    return "".join(_RICH_ELEMENTS[element["type"]](element) for element in part["elements"])


def _draw_rich_text_run(element: Block) -> str:
    drawn = escape(element["text"]).replace("\n", "<br>")
    for name, holds in element.get("style", {}).items():
        tag = _TAGS[name]
        drawn = f"<{tag}>{drawn}</{tag}>" if holds else drawn
    return drawn


def _draw_rich_link(element: Block) -> str:
    return _link(element["url"], element.get("text", element["url"]))


def _link(url: str, label: str) -> str:
    return f'<a href="{escape(url)}">{escape(label)}</a>'


_TEXTS: Mapping[str, Callable[[str], str]] = {"plain_text": escape, "mrkdwn": draw_mrkdwn}
_BLOCKS: Mapping[str, Callable[[Block], str]] = {
    "header": _draw_header,
    "section": _draw_section,
    "rich_text": _draw_rich_text,
    "context": _draw_context,
    "actions": _draw_actions,
}
_RICH_PARTS = {"rich_text_section": _draw_rich_section, "rich_text_quote": _draw_rich_quote}
_RICH_ELEMENTS = {"text": _draw_rich_text_run, "link": _draw_rich_link}
