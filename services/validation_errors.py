"""The errors of pydantic in a document, in the words of those who write YAML."""

import re
from collections.abc import Collection, Iterable, Iterator
from types import ModuleType

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from services.document_faults import FieldPath, InvalidField, suggest_name
from services.error_messages import describe_error

_NAMED_LAST = frozenset({"missing", "extra_forbidden"})
_ONE_OF = frozenset({"literal_error", "enum"})
_MUST = "must be "
_QUOTED = re.compile("'([^']+)'")


def list_keys(*modules: ModuleType) -> frozenset[str]:
    """The keys of all documents that these modules define: what an unknown key may have meant."""
    return frozenset(
        field.alias or name
        for module in modules
        for model in vars(module).values()
        if isinstance(model, type) and issubclass(model, BaseModel)
        for name, field in model.model_fields.items()
    )


def list_errors(
    error: ValidationError, value: object, keys: Collection[str]
) -> Iterator[InvalidField]:
    """An error for each field at fault; of nested fields for the innermost.

    `keys` are those that a document may have: an unknown one is compared with them.
    """
    details: dict[FieldPath, list[ErrorDetails]] = {}
    for detail in error.errors(include_url=False):
        keep = detail["type"] in _NAMED_LAST
        details.setdefault(_document_path(detail["loc"], value, keep_last=keep), []).append(detail)
    outer = {path[:length] for path in details for length in range(len(path))}
    for path, of_field in details.items():
        if path not in outer:
            hint = _hint(path, of_field[0], keys) or _suggest_value(of_field)
            yield InvalidField(path, _describe(of_field), hint)


def describe_with_hint(detail: ErrorDetails, keys: Collection[str]) -> str:
    """What is wrong with a field; of an unknown one also which of `keys` is like it."""
    message, location = describe_error(detail), detail["loc"]
    if detail["type"] != "extra_forbidden" or not location:
        return message
    hint = suggest_name(str(location[-1]), keys)
    return f"{message} ({hint})" if hint else message


def _describe(details: Iterable[ErrorDetails]) -> str:
    """What is wrong with a field; of several types that it may have, all are named."""
    first, *others = map(describe_error, details)
    if not first.startswith(_MUST):
        return first
    kinds = [each.removeprefix(_MUST) for each in others if each.startswith(_MUST)]
    return " or ".join(dict.fromkeys([first, *kinds]))


def _hint(path: FieldPath, detail: ErrorDetails, keys: Collection[str]) -> str:
    if detail["type"] == "string_type" and isinstance(detail["input"], bool | int | float):
        return "put it in quotes if that is meant"
    if detail["type"] == "extra_forbidden" and path:
        return _suggest_key(str(path[-1]), keys)
    return ""


def _suggest_value(details: Collection[ErrorDetails]) -> str:
    """Which text is like the one that stands there, where there is more than one to choose."""
    listed = {
        name: each["input"]
        for each in details
        if each["type"] in _ONE_OF and isinstance(each["input"], str)
        for name in _QUOTED.findall(each["ctx"]["expected"])
    }
    is_choice = len(listed) > 1 or len(details) > 1
    return suggest_name(next(iter(listed.values())), listed) if listed and is_choice else ""


def _suggest_key(unknown: str, keys: Collection[str]) -> str:
    unseen = next((letter for letter in unknown if not letter.isprintable()), None)
    if unseen:
        return f"delete the U+{ord(unseen):04X} in it, which nobody sees"
    if unknown in keys:
        return f"{unknown} is a key of another part: see how far it is indented"
    return suggest_name(unknown, keys)


def _document_path(location: tuple[str | int, ...], value: object, *, keep_last: bool) -> FieldPath:
    """Pydantic's path without the names of its own types."""
    path: list[str | int] = []
    for step in location:
        below = _step(value, step)
        if below is not None:
            path.append(step)
            value = below[0]
    last_is_named = keep_last and (not path or path[-1] != location[-1])
    return (*path, location[-1]) if last_is_named else tuple(path)


def _step(value: object, step: str | int) -> tuple[object] | None:
    if isinstance(value, dict) and step in value:
        return (value[step],)
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return (value[step],)
    return None
