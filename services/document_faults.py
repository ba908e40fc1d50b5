"""Faults of documents that people write: where they are, what they are, and a hint."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from rapidfuzz.fuzz import ratio
from rapidfuzz.process import extractOne

MOST_FAULTS = 10
"""How many faults of a file are listed."""

_LONGEST_NAME = 100
_LONGEST_MESSAGE = 500
_LIKE = 60.0
_MOST_COMPARED = 500

FieldPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class DocumentFault:
    """A fault of a file; `line` counts from 1, `field` is dotted, `hint` may be empty.

    `lacks` is the name of what is missing, where another file may have it.
    """

    file: str
    line: int
    field: str
    message: str
    hint: str = ""
    lacks: str = ""

    @property
    def text(self) -> str:
        """What it says without its place: `FIELD: MESSAGE (HINT)`."""
        message = _cut(self.message, _LONGEST_MESSAGE)
        text = f"{_cut(self.field, _LONGEST_NAME)}: {message}" if self.field else message
        return f"{text} ({self.hint})" if self.hint else text

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


@dataclass(frozen=True, slots=True)
class DocumentLocation:
    """Where a document was read: its file, and the line of each of its fields."""

    file: str
    lines: Mapping[FieldPath, int] = field(default_factory=dict)

    def line(self, path: FieldPath) -> int:
        """The line of the innermost part of `path` that the file holds."""
        known = (path[:length] for length in range(len(path), -1, -1))
        return next((self.lines[part] for part in known if part in self.lines), 1)

    def fault(self, error: "InvalidField") -> DocumentFault:
        """The error with its file and line."""
        return DocumentFault(
            file=self.file,
            line=self.line(error.path),
            field=".".join(str(part) for part in error.path),
            message=error.message,
            hint=error.hint,
            lacks=error.lacks,
        )


class InvalidField(Exception):
    """A field of a document cannot be used; readers of the document collect these.

    `lacks` is the name of what is missing, where another file may have it.
    """

    def __init__(self, path: FieldPath, message: str, hint: str = "", lacks: str = "") -> None:
        super().__init__(message)
        self.path = path
        self.message = message
        self.hint = hint
        self.lacks = lacks


def sort_faults(faults: Iterable[DocumentFault]) -> list[DocumentFault]:
    """By file and line, each once."""
    return sorted(dict.fromkeys(faults), key=lambda fault: (fault.file, fault.line))


def limit_faults(faults: Iterable[DocumentFault]) -> Iterator[DocumentFault]:
    """The first faults of each file, then one for each file that says how many more it has."""
    counts: Counter[str] = Counter()
    for fault in faults:
        counts[fault.file] += 1
        if counts[fault.file] <= MOST_FAULTS:
            yield fault
    for file, count in counts.items():
        if count > MOST_FAULTS:
            yield DocumentFault(file, 1, "", f"and {count - MOST_FAULTS} more")


def suggest_name(name: str, known: Iterable[str]) -> str:
    """A hint with the known name that is most like `name`; empty if none is."""
    compared = [other for other in islice(known, _MOST_COMPARED) if len(other) <= _LONGEST_NAME]
    close = extractOne(name[:_LONGEST_NAME], compared, scorer=ratio, score_cutoff=_LIKE)
    return f"did you mean {close[0]}?" if close else ""


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}…"
