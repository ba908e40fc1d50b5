"""Thousands of rules of one pack cost as many times one rule."""

import sys
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from schemas.pack import Pack
from schemas.rule import CorrelationRule, DetectionRule, NamedList, RuleDocument
from services.document_faults import DocumentLocation
from services.matcher.domain.detection.compile_detection import compile_detection
from services.matcher.domain.detection.lists import Lists
from services.matcher.domain.detection.strings import Expressions
from services.matcher.domain.packs.documents import LocatedDocument, PackDocuments
from services.matcher.domain.rules.compile_windows import compile_windows
from services.matcher.domain.rules.rulebook import CompiledRule, assemble_rulebook

FILE = DocumentLocation("a.yaml")
BASE = DetectionRule.model_validate(
    {
        "title": "t",
        "name": "any",
        "logsource": {"category": "report"},
        "detection": {"w": "x", "condition": "w"},
    }
)


def compile_base() -> CompiledRule:
    detection = {"w": {"title": "x"}, "condition": "w"}
    predicate, _ = compile_detection(detection, Lists(), Expressions())
    assert predicate is not None
    return CompiledRule("many", "any", predicate)


COMPILED = (compile_base(),)


def correlation(number: int) -> CorrelationRule:
    section = {"type": "event_count", "rules": ["any"], "timespan": "1h", "condition": {"gte": 2}}
    return CorrelationRule.model_validate(
        {"title": "t", "name": f"r{number}", "correlation": section}
    )


def pack_of(count: int) -> PackDocuments:
    """A pack of so many lists, and as many correlations of one rule."""
    rules: list[RuleDocument] = [BASE, *map(correlation, range(count))]
    member = {"id": "a", "name": "Red"}
    names = [
        NamedList.model_validate({"name": f"l{number}", "members": [member]})
        for number in range(count)
    ]
    return PackDocuments(
        "many",
        Pack(title="t", owner="o"),
        lists=tuple(LocatedDocument(named, FILE) for named in names),
        rules=tuple(LocatedDocument(rule, FILE) for rule in rules),
    )


class Work:
    """What an action does, whatever else the machine does: lines run, and bytes allocated.

    A pass over a collection runs a line for each of its members, also where it is inside one line;
    a copy of a collection allocates its size, though it is one step of the interpreter.
    """

    def __init__(self) -> None:
        self.lines = self.bytes = self._held = 0

    def trace(self, *_: object) -> Callable[..., Any]:
        """Add what the line before this one has done."""
        held, most = tracemalloc.get_traced_memory()
        self.lines += 1
        self.bytes += max(0, most - self._held)
        tracemalloc.reset_peak()
        self._held = held
        return self.trace


def measure(action: Callable[[], object]) -> Work:
    """The work of an action, in the main thread."""
    work, before = Work(), sys.gettrace()
    tracemalloc.start()
    sys.settrace(work.trace)
    try:
        action()
    finally:
        sys.settrace(before)
        tracemalloc.stop()
    return work


def compile_rules(count: int) -> Work:
    """The work for the windows of so many correlations."""
    pack = pack_of(count)
    return measure(lambda: compile_windows(pack, pack.rules, COMPILED))


def assemble_rules(count: int) -> Work:
    """The work for a rulebook of so many windows of one base rule."""
    pack = pack_of(count)
    windows, _ = compile_windows(pack, pack.rules, COMPILED)
    return measure(lambda: assemble_rulebook((), windows))


@pytest.mark.parametrize("do", [compile_rules, assemble_rules])
def test_a_window_costs_as_much_however_many_there_are(do: Callable[[int], Work]) -> None:
    do(10)
    few, many = do(40), do(320)

    assert many.lines < 8.5 * few.lines
    assert many.bytes < 9 * few.bytes
