"""Builds rule packs on disk for the tests of files and of the command."""

from pathlib import Path
from textwrap import dedent

from services.matcher.adapters.rules.rule_files import read_rule_files

HEAD = """
    title: Test pack
    owner: test desk
"""
PROXIES = """
    name: proxies
    members:
      - {id: badr, name: Badr, aliases: [بدر]}
      - {id: kh, name: Kata'ib Hezbollah}
"""
ROCKETS = """
    title: Rockets
    name: rockets
    logsource: {category: report}
    detection:
      fire: {words|phrase: rocket* hit* ~3}
      condition: fire
    level: high
    alert: {summary: "Rockets at {{ place }}"}
    tests:
      - name: rockets hit a base
        events: [{at: 1h, place: Taji, text: Rockets hit the base.}]
        expect: [{fires: rockets, at: 1h, level: high, summary: Rockets at Taji}]
      - name: an ordinary day
        events: [{at: 1h, text: Nothing happened.}]
        expect: silent
"""


def write_pack(folder: Path, name: str = "iraq", /, **files: str) -> Path:
    """A pack with a head, a list, a rule, and these files: `indicators__march` and the like."""
    given = {"pack": HEAD, "lists__proxies": PROXIES, "indicators__rockets": ROCKETS} | files
    for path, text in given.items():
        place = folder / name / f"{path.replace('__', '/')}.yaml"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(dedent(text), encoding="utf-8")
    return folder / name


def changed(text: str, old: str, new: str) -> str:
    """`text` with its one `old` replaced."""
    assert text.count(old) == 1, old
    return text.replace(old, new)


def faults_of(folder: Path) -> list[str]:
    """The faults of a folder of rules as people read them, with paths below it."""
    _, faults = read_rule_files(folder).rulebook()
    return [str(fault).removeprefix(f"{folder}/") for fault in faults]
