"""What is noted on packs in memory."""

from pathlib import PurePath
from textwrap import dedent

from services.document_faults import DocumentFault
from services.matcher.adapters.rules.pack_files import PackFiles
from services.matcher.adapters.rules.rule_files import read_packs
from services.matcher.domain.notes.list_notes import list_notes
from tests.matcher.adapters.rules.packs import HEAD


def find_notes(**texts: str) -> list[DocumentFault]:
    """The notes on a pack of these files (`indicators__march` and the like)."""
    folder = PurePath("test")
    given = {"pack": HEAD} | texts
    files = {
        folder / f"{path.replace('__', '/')}.yaml": dedent(text).encode()
        for path, text in given.items()
    }
    read = read_packs([PackFiles("test", folder, files)])
    rulebook, faults = read.rulebook()
    assert not faults, faults
    return [note for pack in read.packs for note in list_notes(pack, rulebook)]


def note_on_detection(
    selections: str, condition: str = "fire", more: str = "", source: str = "category: report"
) -> list[str]:
    """The notes on one detection rule: its selections and its log source in braces."""
    rule = f"""
        title: Rockets
        name: rockets
        logsource: {{{source}}}
        detection: {{fire: {{words|phrase: rocket*}}, {selections} condition: {condition}}}
        {more}
    """
    places = """
        name: bases
        sites: [{id: taji, name: Taji, lat: 33.5, lon: 44.2, radius_km: 5}]
    """
    return list(map(str, find_notes(indicators__rockets=rule, places__bases=places)))
