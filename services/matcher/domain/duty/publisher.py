"""Whose item it is, where the item itself cannot be read."""

from pydantic_core import from_json

UNKNOWN = "unknown"


def publisher(source: str) -> str:
    """The id that a source's token stands for: what comes below it is the same publisher's."""
    return source.partition(":")[0]


def publisher_of(raw: bytes | None, key: bytes | None) -> str:
    """The publisher as far as can be told: by the item's own `source`, else by its key."""
    try:
        said = from_json(raw or b"")
    except ValueError:
        said = None
    source = said.get("source") if isinstance(said, dict) else None
    if not (isinstance(source, str) and source.strip()):
        source = (key or b"").decode(errors="replace").partition(" ")[0]
    return publisher(source) or UNKNOWN
