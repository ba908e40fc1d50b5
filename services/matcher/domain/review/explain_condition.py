"""Why a detection rule matches an event or not: its condition as a tree, part by part."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath

from sigma.conditions import (
    ConditionAND,
    ConditionIdentifier,
    ConditionNOT,
    ConditionOR,
    ConditionSelector,
)
from sigma.exceptions import SigmaRuleLocation
from sigma.rule.detection import SigmaDetection, SigmaDetectionItem, SigmaDetections
from sigma.types import SigmaString

from schemas.rule import DetectionRule
from services.matcher.domain.detection.compile_detection import compile_detection
from services.matcher.domain.detection.fields import words
from services.matcher.domain.detection.lists import Lists
from services.matcher.domain.detection.predicates import Predicate, field_tests
from services.matcher.domain.detection.strings import Expressions
from services.matcher.domain.detection.view import EventView
from services.matcher.domain.review.written_values import list_values

MOST_MET = 5
"""Words or members that are named for a value."""

_NOWHERE = SigmaRuleLocation(FilePath("rule"))
_ANY = SigmaDetection([SigmaDetectionItem(None, [], [SigmaString("x")])])


@dataclass(frozen=True, slots=True)
class ExplainedValue:
    """One value of a selection as written (`words|phrase: march*`), and what met it."""

    text: str
    holds: bool
    met: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExplainedPart:
    """A part of a condition: `and`, `or`, `not`, `1 of x*`, or the name of a selection.

    A selection has `values`, the others `parts`. Of what is under a `not`, what holds blocks.
    """

    text: str
    holds: bool
    parts: tuple["ExplainedPart", ...] = ()
    values: tuple[ExplainedValue, ...] = ()


def explain_condition(rule: DetectionRule, lists: Lists, view: EventView) -> ExplainedPart:
    """The condition of a rule that has no fault, with what each part of it is for this event."""
    detection = {name: part for name, part in rule.detection.items() if name != "condition"}
    return _Explainer(detection, lists, view).explain(str(rule.detection["condition"]))


@dataclass(frozen=True, slots=True)
class _Explainer:
    detection: Mapping[str, object]
    lists: Lists
    view: EventView

    def explain(self, condition: str) -> ExplainedPart:
        names = dict.fromkeys(self.detection, _ANY)
        parsed = SigmaDetections(names, [condition], _NOWHERE).parsed_condition[0]
        return self._explain_tree(parsed.parse(postprocess=False), parsed.detections)

    def _explain_tree(self, tree: object, detections: SigmaDetections) -> ExplainedPart:
        def below(parts: list[object]) -> tuple[ExplainedPart, ...]:
            return tuple(self._explain_tree(part, detections) for part in parts)

        match tree:
            case ConditionNOT(args=args):
                (part,) = below(list(args))
                return ExplainedPart("not", not part.holds, (part,))
            case ConditionAND(args=args):
                return _join_all("and", below(list(args)))
            case ConditionOR(args=args):
                return _join_any("or", below(list(args)))
            case ConditionSelector(args=args):
                parts = below(list(tree.resolve_referenced_detections(detections)))
                join = _join_all if tree.cond_class is ConditionAND else _join_any
                return join(" of ".join(map(str, args)), parts)
            case ConditionIdentifier(identifier=name):
                return self._explain_selection(name)
        raise AssertionError(f"no condition has a {type(tree).__name__}")

    def _explain_selection(self, name: str) -> ExplainedPart:
        definition = self.detection[name]
        values = tuple(self._explain_value(*value) for value in list_values(definition))
        return ExplainedPart(name, self._holds(definition), values=values)

    def _explain_value(self, text: str, definition: object) -> ExplainedValue:
        predicate = self._compile(definition)
        holds = predicate is not None and predicate.holds(self.view)
        met = tuple(_find_met(predicate, self.view)) if predicate is not None and holds else ()
        return ExplainedValue(text, holds, met[:MOST_MET])

    def _holds(self, definition: object) -> bool:
        predicate = self._compile(definition)
        return predicate is not None and predicate.holds(self.view)

    def _compile(self, definition: object) -> Predicate | None:
        return compile_part(definition, self.lists)


def compile_part(definition: object, lists: Lists) -> Predicate | None:
    """The predicate of one value or selection; None where it means nothing alone (`means`)."""
    detection = {"part": definition, "condition": "part"}
    predicate, _ = compile_detection(detection, lists, Expressions())
    return predicate


def _join_all(text: str, parts: tuple[ExplainedPart, ...]) -> ExplainedPart:
    return ExplainedPart(text, all(part.holds for part in parts), parts)


def _join_any(text: str, parts: tuple[ExplainedPart, ...]) -> ExplainedPart:
    return ExplainedPart(text, any(part.holds for part in parts), parts)


def _find_met(predicate: Predicate, view: EventView) -> Iterator[str]:
    """The words of the report that meet it, else the members and values."""
    text = words(view.event)
    tests = list(field_tests(predicate))
    spans = {span for test in tests for span in test.char_spans(view) if span.start < span.end}
    found = [" ".join(text[span.start : span.end].split()) for span in sorted(spans)]
    yield from dict.fromkeys(found or [each for test in tests for each in test.members(view)])
