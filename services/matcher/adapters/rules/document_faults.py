"""What pydantic found wrong with a document, in the words of those who write rules."""

from collections.abc import Iterator

from pydantic import BaseModel, ValidationError

from schemas import rule as documents
from services.matcher.domain.packs.faults import FieldPath, InvalidField, suggest_name

_SAID = {
    "missing": "is missing",
    "extra_forbidden": "there is no such key",
    "string_type": "must be a text: put it in quotes if that is meant",
    "model_type": "must be a map of keys and values",
    "dict_type": "must be a map of keys and values",
    "tuple_type": "must be a list",
}
_NAMED_LAST = frozenset({"missing", "extra_forbidden"})
_KEYS = frozenset(
    field.alias or name
    for model in vars(documents).values()
    if isinstance(model, type) and issubclass(model, BaseModel)
    for name, field in model.model_fields.items()
)


def refusals_of(error: ValidationError, value: object) -> Iterator[InvalidField]:
    """One for each field of the document at fault; of nested ones the innermost."""
    found: dict[FieldPath, InvalidField] = {}
    for fault in error.errors():
        keep = fault["type"] in _NAMED_LAST
        path = _document_path(fault["loc"], value, keep_last=keep)
        message = _SAID.get(fault["type"], fault["msg"].removeprefix("Value error, "))
        unknown = fault["type"] == "extra_forbidden"
        hint = suggest_name(str(path[-1]), _KEYS) if unknown and path else ""
        found.setdefault(path, InvalidField(path, message, hint))
    for path, refused in found.items():
        if not any(other != path and other[: len(path)] == path for other in found):
            yield refused


def _document_path(place: tuple[str | int, ...], value: object, *, keep_last: bool) -> FieldPath:
    """The part of pydantic's path that is in the document: it names its own types too."""
    path: list[str | int] = []
    for step in place:
        below = _step(value, step)
        if below is not None:
            path.append(step)
            value = below[0]
    last_is_named = keep_last and (not path or path[-1] != place[-1])
    return (*path, place[-1]) if last_is_named else tuple(path)


def _step(value: object, step: str | int) -> tuple[object] | None:
    if isinstance(value, dict) and step in value:
        return (value[step],)
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return (value[step],)
    return None
