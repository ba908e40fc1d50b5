"""A pack whose one rule has a meaning, with the labelled reports that it is trained on."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FIRE, TALK = ("pounded", "struck", "bombarded"), ("talks", "budget", "election")
PACK = """
title: Fire
owner: desk
reader: {labelled: [labelled/seen.jsonl], precision: 0.7}
"""
RULE = """
title: A base comes under fire
name: fire
logsource: {category: report}
detection:
  said: {words|phrase: shelled}
  like: {words|means: fire, words|phrase: base}
  condition: said or like
tests:
  - name: fires
    events: [{at: 0h, text: Rockets were shelled at it.}]
    expect: [{fires: fire}]
  - name: silent
    events: [{at: 0h, text: The election was held.}]
    expect: silent
"""


def write_meaning_pack(parent: Path) -> Path:
    """The folder `fire` of the pack."""
    folder = parent / "fire"
    (folder / "indicators").mkdir(parents=True)
    (folder / "labelled").mkdir()
    (folder / "pack.yaml").write_text(PACK)
    (folder / "indicators" / "fire.yaml").write_text(RULE)
    write_lines(folder / "labelled" / "seen.jsonl", list_labelled())
    return folder


def list_labelled() -> Iterable[Mapping[str, object]]:
    """Thirty reports of fire, and as many of talks."""
    for at in range(30):
        about_fire, other = FIRE[at % 3], TALK[at % 3]
        yield {"text": f"The place was {about_fire} on day {at}.", "expect": ["fire"]}
        yield {"text": f"The place had {other} on day {at}.", "expect": []}


def write_lines(path: Path, lines: Iterable[Mapping[str, object]]) -> Path:
    """A file of JSON lines."""
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path
