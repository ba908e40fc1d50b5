"""A refused report of a source that is fetched, as a dead letter."""

import json
from typing import Any

from schemas.envelope import Headers
from services.ingest.domain.result import ReportResult

WHERE = "ingest-worker"
REFUSED_ITEM = "refused_item"
LARGEST_VALUE = 64 * 1024


def encode_dead_letter(source: str, report: object, result: ReportResult) -> bytes:
    """The source, what the report claims to be, each error, and the report where it is short.

    `report` is a body, or the refusal of an item that is none: its errors say where that is.
    """
    letter: dict[str, Any] = {"source": source, "id": result.id}
    letter["errors"] = [error.model_dump() for error in result.errors]
    whole = letter | {"report": report} if isinstance(report, dict) else letter
    value = _encode(whole)
    return value if len(value) <= LARGEST_VALUE else _encode(letter | {"bytes": len(value)})


def _encode(letter: dict[str, Any]) -> bytes:
    # halves of surrogate pairs, which UTF-8 cannot carry, are escaped
    return json.dumps(letter, ensure_ascii=True, default=str).encode()


def dead_letter_headers_of(source: str) -> Headers:
    """Its headers. They name no message, so that it is never sent again: its source is."""
    return [
        ("reason", REFUSED_ITEM.encode()),
        ("where", WHERE.encode()),
        ("source", source.encode()),
    ]
