"""Blocks of Slack's Block Kit that messages and windows share."""

from typing import Any

Block = dict[str, Any]


def plain(text: str) -> Block:
    """Text that Slack shows as it is: without markup, mentions and emoji."""
    return {"type": "plain_text", "text": text, "emoji": False}
