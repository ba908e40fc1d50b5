"""The values of a selection, each as a detection of its own."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple


class WrittenValue(NamedTuple):
    """One value as people read it (`words|phrase: march*`), and as a definition by itself."""

    text: str
    definition: object


def list_values(definition: object) -> Iterator[WrittenValue]:
    """Each value by itself: of a map, of each map of a list, or of a list of words."""
    if isinstance(definition, Mapping):
        for key, value in definition.items():
            yield from _list_of_field(key, value)
    elif isinstance(definition, list):
        for part in definition:
            yield from list_values(part)
    else:
        yield WrittenValue(str(definition), definition)


def _list_of_field(key: str, value: object) -> Iterator[WrittenValue]:
    joined = isinstance(value, list) and not {"all", "near", "says"} & set(key.split("|"))
    for each in value if joined and isinstance(value, list) else (value,):
        yield WrittenValue(f"{key}: {each}", {key: each})
