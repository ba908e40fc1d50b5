"""Readings of a name or phrase that is written with alternatives."""

import re
from itertools import product
from math import prod

from services.document_faults import FieldPath, InvalidField

MOST_READINGS = 200
_READINGS = re.compile(r"(\([^()|]*(?:\|[^()|]*)+\))")


def read_alternatives(written: str, path: FieldPath) -> list[str]:
    """Every reading of `(pro-Iran|Shi'a) (militias|factions)`.

    Raises:
        InvalidField: there are more than `MOST_READINGS`.
    """
    parts = [
        part[1:-1].split("|") if _READINGS.fullmatch(part) else [part]
        for part in _READINGS.split(written)
    ]
    if prod(map(len, parts)) > MOST_READINGS:
        raise InvalidField(path, f"more than {MOST_READINGS} readings", "write two of them")
    return list(map("".join, product(*parts)))
