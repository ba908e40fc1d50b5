"""Compiles Sigma's `detection`, parsed by pySigma item by item, to a predicate."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path as FilePath
from typing import Any

from sigma.conditions import (
    ConditionAND,
    ConditionFieldEqualsValueExpression,
    ConditionNOT,
    ConditionOR,
    ConditionValueExpression,
)
from sigma.exceptions import SigmaError, SigmaRegularExpressionError, SigmaRuleLocation
from sigma.rule.detection import SigmaDetection, SigmaDetectionItem, SigmaDetections
from sigma.types import SigmaString, SigmaType, sigma_type

from services.document_faults import FieldPath, InvalidField
from services.matcher.domain.detection.compile_field_test import compile_field_test
from services.matcher.domain.detection.compile_means import read_examples
from services.matcher.domain.detection.condition_faults import CONDITION_PATH, explain_refusal
from services.matcher.domain.detection.field_reference import FieldReference
from services.matcher.domain.detection.fields import ROLES, FieldKind, kind_of
from services.matcher.domain.detection.lists import Lists
from services.matcher.domain.detection.means_tests import check_means
from services.matcher.domain.detection.modifier_values import refuse_values
from services.matcher.domain.detection.modifiers import (
    SigmaMeans,
    SigmaReady,
    modifiers_of,
    refuse_elsewhere,
)
from services.matcher.domain.detection.predicates import AllOf, AnyOf, Not, Predicate, cheap_first
from services.matcher.domain.detection.strings import Expressions, InvalidRegex

_LONGEST_CONDITION = 4096
_LONGEST_SHOWN = 80
_MOST_SELECTIONS = 500
_NOWHERE = SigmaRuleLocation(FilePath("rule"))


def compile_detection(
    detection: Mapping[str, object], lists: Lists, expressions: Expressions
) -> tuple[Predicate | None, tuple[InvalidField, ...]]:
    """The predicate of a detection section; if it has errors, None and all of them."""
    if len(detection) > _MOST_SELECTIONS:
        message = f"more than {_MOST_SELECTIONS} selections"
        error = InvalidField(("detection",), message, "one selection may list many values")
        return None, (error,)
    compiler = _Compiler(lists, expressions)
    selections = {
        name: compiler.definition(definition, ("detection", name))
        for name, definition in detection.items()
        if name not in ("condition", "timeframe")
    }
    if "timeframe" in detection:
        compiler.refuse(("detection", "timeframe"), "write a correlation rule with a timespan")
    if compiler.errors:
        return None, tuple(compiler.errors)
    usable = {name: selection for name, selection in selections.items() if selection is not None}
    try:
        predicate = _compile_condition(detection.get("condition"), usable)
        check_means(predicate)
    except InvalidField as error:
        return None, (error,)
    return predicate, ()


def _compile_condition(condition: object, selections: dict[str, SigmaDetection]) -> Predicate:
    if not isinstance(condition, str) or not condition.strip():
        raise InvalidField(
            CONDITION_PATH, "a condition is one line of text", "e.g. selection and not other"
        )
    if not selections:
        raise InvalidField(("detection",), "nothing to select by: name at least one selection")
    if len(condition) > _LONGEST_CONDITION:
        raise InvalidField(CONDITION_PATH, f"longer than {_LONGEST_CONDITION} characters")
    try:
        tree = SigmaDetections(selections, [condition], _NOWHERE).parsed_condition[0].parse()
        return _predicate(tree)
    except SigmaError as error:
        raise explain_refusal(condition, selections, str(error)) from None
    except RecursionError:
        raise InvalidField(CONDITION_PATH, "nested too deeply") from None


def _predicate(tree: object) -> Predicate:
    match tree:
        case ConditionAND():
            return AllOf(cheap_first(map(_predicate, tree.args)))
        case ConditionOR():
            return AnyOf(cheap_first(map(_predicate, tree.args)))
        case ConditionNOT():
            return Not(_predicate(tree.args[0]))
        case (
            ConditionFieldEqualsValueExpression(value=SigmaReady(test=test))
            | ConditionValueExpression(value=SigmaReady(test=test))
        ):
            return test
    raise InvalidField(CONDITION_PATH, "nothing is left of it")


class _Compiler:
    """Compiles definitions and collects their errors."""

    def __init__(self, lists: Lists, expressions: Expressions) -> None:
        self._lists = lists
        self._expressions = expressions
        self.errors: list[InvalidField] = []

    def refuse(self, path: FieldPath, message: str, hint: str = "") -> None:
        """Note an error and go on."""
        self.errors.append(InvalidField(path, message, hint))

    def definition(self, definition: object, path: FieldPath) -> SigmaDetection | None:
        """A search identifier: a map, a value, a list of values or of maps."""
        if isinstance(definition, Mapping):
            return _join_all(self._item(key, value, path) for key, value in definition.items())
        if isinstance(definition, list) and any(isinstance(part, Mapping) for part in definition):
            return _join_any(
                self.definition(part, (*path, index)) for index, part in enumerate(definition)
            )
        return _join_all([self._item("", definition, path)])

    def _item(self, key: str, value: object, path: FieldPath) -> list[SigmaDetectionItem]:
        place = (*path, key) if key else path
        try:
            return list(_items(key, value, place, self._lists, self._expressions))
        except InvalidField as error:
            self.errors.append(error)
        except SigmaRegularExpressionError as error:
            self.refuse(place, str(error.args[0]))
        except SigmaError:
            self.refuse(place, "these modifiers cannot stand together in this order")
        except ValueError as error:
            self.refuse(place, str(error))
        return []


def _join_all(items: Iterable[list[SigmaDetectionItem]]) -> SigmaDetection | None:
    """All items, joined by and; None for none, which pySigma does not accept."""
    flat: list[SigmaDetectionItem | SigmaDetection] = [item for of_key in items for item in of_key]
    return SigmaDetection(flat) if flat else None


def _join_any(selections: Iterable[SigmaDetection | None]) -> SigmaDetection | None:
    """The selections, joined by or, as pySigma joins nested detections."""
    present: list[SigmaDetectionItem | SigmaDetection] = [
        selection for selection in selections if selection
    ]
    return SigmaDetection(present) if present else None


def _items(
    key: str, value: object, path: FieldPath, lists: Lists, expressions: Expressions
) -> Iterator[SigmaDetectionItem]:
    field, *names = key.split("|")
    modifiers = modifiers_of(names, path)
    values = _values(value, names, path)
    if values != [None] or field in ROLES:
        refuse_elsewhere(field, names, path)
    refuse_values(values, names, path)
    kind = kind_of(field, path) if field else FieldKind.STRING
    reference = FieldReference(field or "words", kind, lists, path, expressions, keyword=not field)
    if "re" in names:
        _refuse_regexes(values, path, expressions)
    item = SigmaDetectionItem(
        field or None, modifiers, [_sigma_value(value, names) for value in values], source=_NOWHERE
    )
    item.value = [SigmaReady(compile_field_test(value, reference)) for value in item.value]
    yield item
    if "neq" in names and field:
        # an absent field does not match, and does not differ either
        yield from _items(f"{field}|exists", True, path, lists, expressions)  # noqa: FBT003  (a value as in a rule)


def _values(
    value: object, names: list[str], path: FieldPath
) -> list[str | float | SigmaMeans | None]:
    if "means" in names and isinstance(value, Mapping):
        return [read_examples(value, path)]
    return list(_scalars(value, path))


def _scalars(value: object, path: FieldPath) -> Iterator[str | float | None]:
    """The values of an item, each of a type that a rule may hold."""
    if not isinstance(value, list):
        yield _scalar(value, path)
        return
    if not value:
        raise InvalidField(path, "an empty list matches nothing", "write null to ask for absence")
    for index, item in enumerate(value):
        if item is None:
            raise InvalidField((*path, index), "null stands alone, not in a list")
        yield _scalar(item, (*path, index))


def _scalar(value: object, path: FieldPath) -> str | float | None:
    if value is None or isinstance(value, (str, int, float)):
        return value
    raise InvalidField(
        path, f"a value is a text, a number, true, false or null, not a {_kind(value)}"
    )


def _kind(value: object) -> str:
    if isinstance(value, Mapping):
        return "map"
    return "list in a list" if isinstance(value, list) else type(value).__name__


def _sigma_value(value: str | float | SigmaMeans | None, modifiers: list[str]) -> SigmaType:
    if isinstance(value, SigmaMeans):
        return value
    if "re" in modifiers:
        return SigmaString.from_str(str(value))
    return sigma_type(value)


def _refuse_regexes(values: list[Any], path: FieldPath, expressions: Expressions) -> None:
    """Refuse them before pySigma does, which writes to standard error."""
    for value in values:
        if not isinstance(value, str):
            raise InvalidField(path, f"an expression is a text, not {value!r}")
        try:
            expressions.compile(value)
        except InvalidRegex as error:
            raise InvalidField(path, f"RE2 does not take {_shorten(value)!r}: {error}") from None


def _shorten(expression: str) -> str:
    return expression if len(expression) <= _LONGEST_SHOWN else f"{expression[:_LONGEST_SHOWN]}…"
