"""A pack with its timeline, as `timeline.jsonl` and `timeline.expected.yaml` have it."""

import json
from pathlib import Path
from typing import Any

import yaml

from schemas.event import Event, complete_report
from services.matcher.adapters.rules.rule_files import read_rule_files
from services.matcher.domain.rules.rulebook import Rulebook

Expected = dict[str, list[dict[str, Any]]]


def read_rulebook(pack: Path) -> Rulebook:
    """The rules of the pack, which have no fault."""
    rulebook, faults = read_rule_files(pack).rulebook()
    assert not faults
    return rulebook


def read_bodies(pack: Path) -> list[dict[str, Any]]:
    """The reports of its timeline, as they are written."""
    with (pack / "timeline.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def read_events(pack: Path) -> list[Event]:
    """The reports of its timeline, as ingest completes them."""
    bodies = read_bodies(pack)
    return [Event.model_validate(complete_report(body, body["recorded_at"])) for body in bodies]


def read_expected(pack: Path) -> Expected:
    """What the timeline leads to: `alerts`, `levels`."""
    expected: Expected = yaml.safe_load(
        (pack / "timeline.expected.yaml").read_text(encoding="utf-8")
    )
    return expected
