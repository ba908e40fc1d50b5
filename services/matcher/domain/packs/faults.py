"""What is wrong with a rule pack: where it stands, what it is, and what would be right."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

FieldPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class RuleFault:
    """One fault of one file; `line` counts from 1, `field` is dotted, `hint` may be empty."""

    file: str
    line: int
    field: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}"
        said = f"{self.field}: {self.message}" if self.field else self.message
        return f"{place}: {said} ({self.hint})" if self.hint else f"{place}: {said}"


@dataclass(frozen=True, slots=True)
class RuleLocation:
    """Where a document was read: its file, and the line of each of its fields."""

    file: str
    lines: Mapping[FieldPath, int] = field(default_factory=dict)

    def line(self, path: FieldPath) -> int:
        """The line of the innermost part of `path` that the file holds."""
        known = (path[:length] for length in range(len(path), -1, -1))
        return next((self.lines[part] for part in known if part in self.lines), 1)

    def fault(self, refused: "InvalidField") -> RuleFault:
        """The fault at its place."""
        named = ".".join(str(part) for part in refused.path)
        return RuleFault(self.file, self.line(refused.path), named, refused.message, refused.hint)


class InvalidField(Exception):
    """One part of a document cannot be used; whoever reads the document collects these."""

    def __init__(self, path: FieldPath, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.path = path
        self.message = message
        self.hint = hint


def suggest_name(name: str, known: Iterable[str]) -> str:
    """A hint that names what was probably meant; empty without a likely one."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"did you mean {close[0]}?" if close else ""
