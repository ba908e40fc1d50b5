"""Thousands of rules of one pack cost as many times one rule."""

import gc
import time
from collections.abc import Callable

from schemas.pack import Pack
from schemas.rule import CorrelationRule, DetectionRule, NamedList, RuleDocument
from services.matcher.domain.detection.compile_detection import compile_detection
from services.matcher.domain.detection.lists import Lists
from services.matcher.domain.detection.strings import Expressions
from services.matcher.domain.packs.documents import LocatedDocument, PackDocuments
from services.matcher.domain.packs.faults import RuleLocation
from services.matcher.domain.rules.compile_windows import compile_windows
from services.matcher.domain.rules.rulebook import CompiledRule, assemble_rulebook

FILE = RuleLocation("a.yaml")
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


def measure(action: Callable[[], object]) -> float:
    """Seconds of the processor, of the fastest of nine: others use its caches meanwhile."""

    def spend() -> float:
        began = time.process_time()
        action()
        return time.process_time() - began

    gc.collect()
    gc.disable()
    try:
        return min(spend() for _ in range(9))
    finally:
        gc.enable()


def compile_rules(count: int) -> float:
    """Seconds for the windows of so many correlations."""
    pack = pack_of(count)
    return measure(lambda: compile_windows(pack, pack.rules, COMPILED))


def assemble_rules(count: int) -> float:
    """Seconds for a rulebook of so many windows of one base rule."""
    pack = pack_of(count)
    windows, _ = compile_windows(pack, pack.rules, COMPILED)
    return measure(lambda: assemble_rulebook((), windows))


def test_windows_cost_as_much_each_however_many_there_are() -> None:
    assert compile_rules(4000) < 16 * compile_rules(500)


def test_a_rulebook_costs_as_much_each_window_however_many_feed_on_one_rule() -> None:
    assert assemble_rules(8000) < 16 * assemble_rules(1000)
