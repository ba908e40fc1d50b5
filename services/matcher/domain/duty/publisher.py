"""The publisher of an item that cannot be read as an event."""

from pydantic_core import from_json

UNKNOWN = "unknown"


def find_publisher(raw: bytes | None, key: bytes | None) -> str:
    """The id of the publisher's token: of the item's own `source`, else of its key's.

    A channel (`telegram:@channel`) has the publisher of its source.
    """
    try:
        item = from_json(raw or b"")
    except ValueError:
        item = None
    source = item.get("source") if isinstance(item, dict) else None
    if not (isinstance(source, str) and source.strip()):
        source = (key or b"").decode(errors="replace").partition(" ")[0]
    return source.partition(":")[0] or UNKNOWN
