"""Refusal: why one report was not taken, field by field."""

from collections.abc import Mapping
from dataclasses import dataclass

LONGEST_ECHO = 1024


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field; the empty name means the report as a whole."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """One report that is not taken, with the identity it claimed as far as it can be read."""

    faults: tuple[Fault, ...]
    id: str | None = None
    source: str | None = None


def refused(body: Mapping[str, object], *faults: Fault) -> Refusal:
    """The refusal of `body`, with the id and source that it names."""
    return Refusal(faults, id=_short(body.get("id")), source=_short(body.get("source")))


def _short(value: object) -> str | None:
    return value if isinstance(value, str) and len(value) <= LONGEST_ECHO else None
