"""Packs in memory, as both sides of a review."""

from pathlib import PurePath
from textwrap import dedent

from services.matcher.adapters.rules.pack_files import PackFiles
from services.matcher.adapters.rules.rule_files import read_packs
from services.matcher.domain.review.affected import ReviewedRules

HEAD = "title: Test\nowner: desk\n"
ROCKETS = """
    title: Rockets
    name: rockets
    logsource: {category: report}
    detection:
      fire: {words|phrase: rocket*}
      condition: fire
    group-by: [place]
    level: medium
"""
CAMPAIGN = """
    title: A campaign
    name: campaign
    correlation:
      type: event_count
      rules: [rockets]
      timespan: 7d
      condition: {gte: 2}
      generate: true
    level: high
"""
FLOODS = """
    title: Floods
    name: floods
    logsource: {category: report}
    detection:
      water: {words|phrase: flood*}
      condition: water
    level: low
"""
COURSE = """
    hypotheses:
      - name: course
        title: A course of action
        indicators: [{rule: campaign, weight: 2}]
        levels: {watch: 1, elevated: 2, high: 3}
"""


def review_rules(*rules: str, head: str = HEAD, hypotheses: str | None = None) -> ReviewedRules:
    """A pack `test` of these rules, which have no fault."""
    folder = PurePath("test")
    files = {folder / "pack.yaml": head}
    for number, rule in enumerate(rules):
        files[folder / "indicators" / f"{number}.yaml"] = dedent(rule)
    if hypotheses is not None:
        files[folder / "hypotheses.yaml"] = dedent(hypotheses)
    packs = read_packs(
        [PackFiles("test", folder, {path: text.encode() for path, text in files.items()})]
    )
    rulebook, faults = packs.rulebook()
    assert not faults
    return ReviewedRules(packs.packs, rulebook)
