"""An event that raises an alert, out of the pack's own test cases."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

INDICATORS = "indicators"
GENERIC = {"source": "me", "title": "What happened", "text": "In the words of the report."}
OF_THE_CASE = {"at", "id", "source", "recorded_at", "occurred_at", "published_at"}


def sample_event(rules: Path) -> str:
    """The shortest single event that a case of the pack says fires, as JSON in one line.

    A pack without one, or that cannot be read, gives an event that says nothing.
    """
    events = [{"source": "me", **event} for event in _firing(rules)]
    texts = [json.dumps(event, ensure_ascii=False) for event in events]
    plain = [text for text in texts if text.isascii() and "'" not in text]  # easy on the shell
    return min(plain, key=len, default=json.dumps(GENERIC))


def _firing(rules: Path) -> Iterator[Mapping[str, Any]]:
    for path in sorted((rules / INDICATORS).glob("*.yaml")):
        for case in _cases(path):
            events, expected = case.get("events"), case.get("expect")
            if isinstance(expected, list) and isinstance(events, list) and len(events) == 1:
                yield {k: v for k, v in events[0].items() if k not in OF_THE_CASE}


def _cases(path: Path) -> Iterator[Mapping[str, Any]]:
    try:
        documents = list(yaml.safe_load_all(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError):
        return  # the matcher says what is wrong with it
    for document in documents:
        yield from (document or {}).get("tests") or ()
