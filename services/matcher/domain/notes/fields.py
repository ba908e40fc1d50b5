"""The fields of a detection as written, wherever they stand in it."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from schemas.rule import DetectionRule
from services.document_faults import FieldPath


class WrittenField(NamedTuple):
    """A field of a selection, its modifiers, and its values with the path of each."""

    name: str
    modifiers: frozenset[str]
    values: tuple[tuple[FieldPath, object], ...]


def list_written_fields(rule: DetectionRule) -> Iterator[WrittenField]:
    """Every field of every selection."""
    for name, definition in rule.detection.items():
        if name not in ("condition", "timeframe"):
            yield from _list_below(definition, ("detection", name))


def _list_below(definition: object, path: FieldPath) -> Iterator[WrittenField]:
    if isinstance(definition, Mapping):
        for key, value in definition.items():
            field, *modifiers = str(key).split("|")
            values = tuple(_list_values(value, (*path, key)))
            yield WrittenField(field, frozenset(modifiers), values)
    elif isinstance(definition, list):
        for index, part in enumerate(definition):
            yield from _list_below(part, (*path, index))


def _list_values(value: object, path: FieldPath) -> Iterator[tuple[FieldPath, object]]:
    if isinstance(value, list):
        yield from (((*path, index), each) for index, each in enumerate(value))
    else:
        yield path, value
