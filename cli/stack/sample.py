"""An event that raises an alert, from the pack's test cases."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

INDICATORS = "indicators"
GENERIC = {"source": "me", "title": "What happened", "text": "In the words of the report."}
CASE_FIELDS = {"at", "id", "source", "recorded_at", "occurred_at", "published_at"}


def sample_event(rules: Path) -> str:
    """The shortest event that fires by itself in a case of the pack, as one line of JSON.

    Where the pack has none, or cannot be read, an event that means nothing.
    """
    events = [{"source": "me", **event} for event in _firing_events(rules)]
    texts = [json.dumps(event, ensure_ascii=False) for event in events]
    plain = [
        text for text in texts if text.isascii() and "'" not in text
    ]  # needs no quoting in a shell
    return min(plain, key=len, default=json.dumps(GENERIC))


def _firing_events(rules: Path) -> Iterator[Mapping[str, Any]]:
    for path in sorted((rules / INDICATORS).glob("*.yaml")):
        for case in _read_cases(path):
            events, expected = case.get("events"), case.get("expect")
            if isinstance(expected, list) and isinstance(events, list) and len(events) == 1:
                yield {name: value for name, value in events[0].items() if name not in CASE_FIELDS}


def _read_cases(path: Path) -> Iterator[Mapping[str, Any]]:
    try:
        documents = list(yaml.safe_load_all(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError):
        return  # the matcher reports it
    for document in documents:
        yield from (document or {}).get("tests") or ()
