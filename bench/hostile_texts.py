"""Texts that try to be slow: each is a beginning and a piece that is repeated."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import Any

from schemas.event import Event
from services.matcher.adapters.rules.pack_files import PackFiles
from services.matcher.adapters.rules.rule_files import read_packs, read_rule_files
from services.matcher.domain.rules.compile_pack import compile_packs
from services.matcher.domain.rules.rulebook import Rulebook
from services.matcher.domain.rules.signals import make_signals

NOON = datetime(2020, 1, 5, 12, tzinfo=UTC)
SHIPPED = Path("rules/iraq-2020")

PACK = """\
title: Hostile
owner: bench
"""
NESTED = """\
name: nested
members:
  - {id: a, name: Red, aliases: [Red Sea, Red Sea Guard, Red Sea Guard Corps]}
  - {id: b, name: Sea, aliases: [Sea Guard, Guard, Guard Corps, Corps]}
  - {id: c, name: Front, aliases: [{alias: Front, unless: [Front Page, The Front, Front Front]}]}
"""
RULE = """\
title: {name}
name: {name}
logsource: {{category: report}}
detection:
  words: {{{test}}}
  condition: words
"""
TESTS = {
    "gaps": "words|phrase: [rocket* hit* ~5, base* of of ~5, rocket* rocket* base* ~5]",
    "near": "words|near: ['rocket*', 'base* of ~3', 'guard*']",
    "listed": "words|near|expand: ['rocket*', '%nested%']",
    "regex": "words|re: '(a|aa)+b|[a-z ]*rocket[a-z ]*base'",
    "wildcard": "words: 'a*a*a*b'",
    "unknown": "names|exists: true",
    "attribute": "attributes.note|contains: nothing",
    "actors": "actors|contains: nothing",
}

PIECES: Mapping[str, tuple[str, str]] = {
    "names": ("a new group, the Xyz Front, threatens US troops in Iraq. ", "Badr "),
    "names after a ligature": (
        "a new group, the Xyz Front, threatens US troops in Iraq. ﷺ ",
        "Badr ",
    ),
    "names of several words": ("", "Kata'ib Hezbollah "),
    "names without spaces": ("", "Badr"),
    "ligatures": ("", "ﷺ"),
    "ligatures and spaces": ("", "ﷺ "),
    "quotes that open": ("", "\N{LEFT DOUBLE QUOTATION MARK}"),
    "quotes and words": ("", '"a '),
    "quotes that close": ("called ", "\N{RIGHT DOUBLE QUOTATION MARK} "),
    "cue called": ("", 'called "'),
    "cue called, once": ('called "', "Brigade Aa "),
    "cue calling itself": ("", "calling itself "),
    "cue a group named": ("", "a group named "),
    "of the": ("Brigade ", "of the "),
    "heads": ("", "Brigade of the "),
    "Saraya": ("", "Saraya al-"),
    "Arabic heads": ("", "سرايا "),
    "names of unknown groups": ("", "the Xyz Front and "),
    "unknown and known names": ("", "Saraya al-Jihad Badr "),
    "sentence ends": ("", ". "),
    "sentences": ("", "A. "),
    "stops": ("", "."),
    "abbreviations": ("", "U.S. "),
    "question marks": ("", "؟"),
    "possessives": ("", "Badr's "),
    "apostrophes": ("", "'"),
    "apostrophes in words": ("a", "'a"),
    "combining marks": ("e", "\u0301"),
    "marks on letters": ("", "e\u0301"),
    "Arabic marks": ("ب", "\u064e"),
    "zero-width": ("Badr", "\u200b"),
    "zero-width in names": ("", "B\u200badr "),
    "bidi": ("", "\u202eBadr\u202c "),
    "digits": ("", "1"),
    "numbers": ("", "1,2.3 "),
    "Arabic prefixes": ("", "وبال"),
    "Arabic prefixes on names": ("", "وبدر "),
    "tatweel": ("ب", "\u0640"),
    "white space": ("Badr", " "),
    "lines": ("", "\n"),
    "hyphens": ("a", "-a"),
    "capitals": ("", "A"),
    "capital words": ("", "Aa "),
    "first words of gaps": ("", "rocket "),
    "words within gaps": ("", "rocket base of "),
    "near pairs": ("", "rocket guard "),
    "near pairs in sentences": ("", "Rocket of guard. "),
    "vowed to": ("", "vowed to US troops "),
    "aliases inside each other": ("", "Red Sea Guard Corps "),
    "unless": ("", "Front "),
    "unless, met": ("", "The Front Page "),
    "shipped unless": ("", "Kata'ib Hezbollah Brigades "),
    "regex": ("", "a"),
    "regex of words": ("", "rocket bas "),
    "links": ("", "http://a.b/c?d "),
    "dots": ("", "a.b"),
    "emoji": ("", "\N{ROCKET}"),
    "Hangul": ("", "한"),
    "fractions": ("", "\N{VULGAR FRACTION ONE HALF}"),
}


@dataclass(frozen=True, slots=True)
class TextKind:
    """A kind of report: the fields of one of about so many bytes."""

    name: str
    fields: Callable[[int], Mapping[str, Any]]

    def report(self, size: int) -> Event:
        """A report of the kind."""
        known = {"id": "1", "source": "evil", "title": "x"}
        times = {"occurred_at": NOON, "recorded_at": NOON}
        return Event.model_validate({**known, **times, **self.fields(size)})


def list_kinds() -> list[TextKind]:
    """Every kind: texts, and fields besides the text."""
    texts = [TextKind(name, _repeat(*piece)) for name, piece in PIECES.items()]
    return [
        *texts,
        TextKind("title", lambda size: {"title": "Badr " * (size // 5)}),
        TextKind("actors", lambda size: {"actors": ["Badr " * (size // 640)] * 128}),
        TextKind("attributes", lambda size: {"attributes": _attributes(size)}),
        TextKind("list in an attribute", lambda size: {"attributes": {"note": _texts(size)}}),
    ]


def hostile_rulebook() -> Rulebook:
    """The shipped rules, and rules that are slow where they can be."""
    files = {f"indicators/{name}.yaml": RULE.format(name=name, test=TESTS[name]) for name in TESTS}
    written = {"pack.yaml": PACK, "lists/nested.yaml": NESTED, **files}
    folder = PurePath("hostile")
    content = {folder / path: text.encode() for path, text in written.items()}
    hostile = read_packs([PackFiles("hostile", folder, content)])
    shipped = read_rule_files(SHIPPED)
    rulebook, faults = compile_packs([*shipped.packs, *hostile.packs])
    all_faults = (*shipped.faults, *hostile.faults, *faults)
    if all_faults:
        raise ValueError("\n".join(map(str, all_faults)))
    return rulebook


def match_kind(rulebook: Rulebook, kind: TextKind, size: int) -> Callable[[], object]:
    """What matching a report of the kind is, ready to be measured."""
    event = kind.report(size)
    return lambda: make_signals(rulebook, event)


def _repeat(beginning: str, piece: str) -> Callable[[int], Mapping[str, Any]]:
    first, each = len(beginning.encode()), len(piece.encode())
    return lambda size: {"text": beginning + piece * ((size - first) // each)}


def _attributes(size: int) -> Mapping[str, str]:
    return {f"key{number}": "Badr " * (size // 1280) for number in range(256)}


def _texts(size: int) -> list[str]:
    return ["Badr " * (size // 1280)] * 256
