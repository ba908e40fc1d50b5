"""How an item that was tried is printed: for people, and for programs."""

import json
from typing import Any

from services.ingest.domain.trying.try_sample import TriedItem


def describe_tried(item: TriedItem) -> str:
    """`PLACE: taken EVENT`, `PLACE: refused: FIELD: REASON`, or `PLACE: left out: REASON`."""
    if item.event is not None:
        return f"{item.place}: taken {item.event.value.decode()}"
    if item.left_out is not None:
        return f"{item.place}: left out: {item.left_out}"
    return f"{item.place}: refused: {'; '.join(error.text for error in item.errors)}"


def encode_tried(item: TriedItem) -> str:
    """A JSON object on one line."""
    fields: dict[str, Any] = {"place": item.place}
    if item.event is not None:
        fields["event"] = json.loads(item.event.value)
    elif item.left_out is not None:
        fields["left_out"] = item.left_out
    else:
        fields["errors"] = [error.model_dump() for error in item.errors]
    return json.dumps(fields, ensure_ascii=False)
