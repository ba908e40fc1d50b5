"""A letter as it waits in Redis."""

import json
from base64 import b64decode, b64encode

from services.notifier.domain.ports import OutboxRecord


def to_json(letter: OutboxRecord) -> str:
    """As one line of JSON."""
    return json.dumps(
        {
            "topic": letter.topic,
            "key": None if letter.key is None else _text(letter.key),
            "value": _text(letter.value),
            "headers": [[name, _text(value)] for name, value in letter.headers],
        }
    )


def from_json(line: bytes | str) -> OutboxRecord:
    """What `to_json` wrote."""
    raw = json.loads(line)
    return OutboxRecord(
        topic=raw["topic"],
        key=None if raw["key"] is None else b64decode(raw["key"]),
        value=b64decode(raw["value"]),
        headers=[(name, b64decode(value)) for name, value in raw["headers"]],
    )


def _text(raw: bytes) -> str:
    return b64encode(raw).decode("ascii")
