"""Readings of a name or phrase that is written with alternatives."""

import re
from itertools import product
from math import prod

from services.document_faults import FieldPath, InvalidField

_AS_WRITTEN = "write alternatives as (one|other), none within others"
MOST_READINGS = 200
_READINGS = re.compile(r"(\([^()|]*(?:\|[^()|]*)+\))")


def read_alternatives(written: str, path: FieldPath) -> list[str]:
    """Every reading of `(pro-Iran|Shi'a) (militias|factions)`.

    Raises:
        InvalidField: there are more than `MOST_READINGS`, or a bracket or a `|` stands alone.
    """
    split = _READINGS.split(written)
    plain = "".join(part for part in split if not _READINGS.fullmatch(part))
    if "|" in plain or plain.count("(") != plain.count(")"):
        raise InvalidField(path, f"{written!r}: a bracket or a | without its like", _AS_WRITTEN)
    parts = [part[1:-1].split("|") if _READINGS.fullmatch(part) else [part] for part in split]
    if prod(map(len, parts)) > MOST_READINGS:
        raise InvalidField(path, f"more than {MOST_READINGS} readings", "write two of them")
    return list(map("".join, product(*parts)))
