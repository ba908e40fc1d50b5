"""Writes the reference of rule types: `python -m cli.rule_types`."""

from pathlib import Path

from cli.rule_types.reference import write_reference

PAGE = Path(__file__).parents[2] / "docs" / "rule-types.md"

if __name__ == "__main__":
    PAGE.write_text(write_reference(), encoding="utf-8")
