"""What a message of Slack's may hold: texts and blocks within its limits."""

from typing import Any

from tests.standins.server import Json

MOST_BLOCKS = 50
LONGEST_TEXT = 40_000
LONGEST_EDIT = 4_000
LONGEST_BLOCKS = 13_200
LONGEST_SECTION = 3_000
LONGEST_HEADER = 150
MOST_IN_CONTEXT = 10


def find_fault(body: Json) -> str | None:
    """The error that Slack answers, if it does not take the message."""
    blocks = body.get("blocks", [])
    if not body.get("text") and not blocks:
        return "no_text"
    longest = LONGEST_EDIT if "ts" in body else LONGEST_TEXT
    if len(body.get("text", "").encode()) > longest:
        return "msg_too_long"
    if sum(map(len, list_texts(blocks))) > LONGEST_BLOCKS:
        return "msg_blocks_too_long"
    fits = len(blocks) <= MOST_BLOCKS and all(_block_fits(block) for block in blocks)
    return None if fits else "invalid_blocks"


def _block_fits(block: Json) -> bool:
    texts = list_texts([block])
    longest = LONGEST_HEADER if block["type"] == "header" else LONGEST_SECTION
    few = len(block.get("elements", [])) <= MOST_IN_CONTEXT
    if block["type"] == "rich_text":
        texts += list_texts(block["elements"])
    return few and all(0 < len(text) <= longest for text in texts)


def list_texts(blocks: list[Json]) -> list[str]:
    """All that the blocks show."""
    parts = [
        part
        for block in blocks
        for part in [block.get("text"), *block.get("fields", []), *block.get("elements", [])]
        if isinstance(part, dict)
    ]
    return [_read_part(part) for part in parts]


def _read_part(part: Json) -> str:
    # a part of rich text is the texts of its elements
    return "".join(list_texts([part])) if "elements" in part else _read_text(part["text"])


def _read_text(text: Any) -> str:
    # that of a button is an object
    return str(text["text"] if isinstance(text, dict) else text)
