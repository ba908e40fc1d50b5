"""Blocks of a Slack message as the text that a person reads."""

from typing import Any


def read_blocks(blocks: list[dict[str, Any]]) -> str:
    """All texts, a line each, rich text as the mrkdwn that would show the same."""
    texts = []
    for block in blocks:
        parts = [block.get("text"), *block.get("elements", [])]
        texts += [as_mrkdwn(part) for part in parts if part]
    return "\n".join(texts)


def as_mrkdwn(part: dict[str, Any]) -> str:
    if "elements" in part:
        quote = "> " if part["type"] == "rich_text_quote" else ""
        return quote + "".join(as_mrkdwn(element) for element in part["elements"])
    if part["type"] == "button":
        return f"[{part['text']['text']}]"
    text: str = part["text"]
    if part["type"] == "plain_text":
        return text
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if part["type"] == "link":
        return f"<{part['url']}|{text}>"
    inner = text.strip()
    return text.replace(inner, f"*{inner}*") if part.get("style", {}).get("bold") else text
