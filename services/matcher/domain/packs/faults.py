"""Faults of rule packs: where they are, what they are, and a hint."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

FieldPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class RuleFault:
    """A fault of a file; `line` counts from 1, `field` is dotted, `hint` may be empty."""

    file: str
    line: int
    field: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}"
        text = f"{self.field}: {self.message}" if self.field else self.message
        return f"{place}: {text} ({self.hint})" if self.hint else f"{place}: {text}"


@dataclass(frozen=True, slots=True)
class RuleLocation:
    """Where a document was read: its file, and the line of each of its fields."""

    file: str
    lines: Mapping[FieldPath, int] = field(default_factory=dict)

    def line(self, path: FieldPath) -> int:
        """The line of the innermost part of `path` that the file holds."""
        known = (path[:length] for length in range(len(path), -1, -1))
        return next((self.lines[part] for part in known if part in self.lines), 1)

    def fault(self, error: "InvalidField") -> RuleFault:
        """The error with its file and line."""
        field = ".".join(str(part) for part in error.path)
        return RuleFault(self.file, self.line(error.path), field, error.message, error.hint)


class InvalidField(Exception):
    """A field of a document cannot be used; readers of the document collect these."""

    def __init__(self, path: FieldPath, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.path = path
        self.message = message
        self.hint = hint


def suggest_name(name: str, known: Iterable[str]) -> str:
    """A hint with the known name that is most like `name`; empty if none is."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"did you mean {close[0]}?" if close else ""
