"""Bundles of one rule, as the rules topic has them."""

from collections.abc import Mapping
from datetime import UTC, datetime

from schemas.bundle import OnChange, PublishedRule, RuleBundle
from services.matcher.adapters.rules.rules_topic import BundleRecord

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HEAD = "title: Iraq\nowner: desk\n"
ROCKETS = """
title: Rockets
name: rockets
logsource: {category: report}
detection:
  fire: {words|phrase: rockets}
  condition: fire
"""
GOOD = {"iraq/pack.yaml": HEAD, "iraq/indicators/rockets.yaml": ROCKETS}


def bundle(files: Mapping[str, str] = GOOD) -> RuleBundle:
    rule = PublishedRule(digest="d", on_change=OnChange.REBUILD, changed_at=NOW, since=NOW)
    return RuleBundle(digest="d", published_at=NOW, files=dict(files), rules={"iraq/rockets": rule})


def written(number: int, files: Mapping[str, str] = GOOD) -> BundleRecord:
    return BundleRecord(number, bundle(files).model_dump_json().encode())
