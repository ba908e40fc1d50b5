"""Writes the reference of modifiers: `python -m cli.rule_modifiers`."""

from pathlib import Path

from cli.rule_modifiers.reference import write_reference

PAGE = Path(__file__).parents[2] / "docs" / "modifiers.md"

if __name__ == "__main__":
    PAGE.write_text(write_reference(), encoding="utf-8")
