"""Where a text is no YAML, and the way out of what people get wrong most."""

from dataclasses import dataclass

import yaml

_TAB = "indent with spaces, not with a tab"
_COLON = "put a text that has ': ' in it in quotes, and see whether the line is indented too far"
_COLUMN = "keys of one map begin in one column, each with a : behind it"
_WHOLE = "put the whole text behind the : in quotes, in '…' if it has \" in it"
_QUOTED = (("a tag", "!"), ("alias", "*"), ("anchor", "&"))
_HINTS = (
    ("mapping values are not allowed", _COLON),
    ("block sequence entries", "a list begins on a line of its own"),
    ("unknown escape character", r"put a text with \ in '…', not in \"…\""),
    ("a simple key", _COLUMN),
)


@dataclass(frozen=True, slots=True)
class SyntaxFault:
    """The first line that cannot be read, what a parser says of it, and perhaps a hint."""

    line: int
    message: str
    hint: str = ""


def describe_syntax_error(error: yaml.YAMLError, text: str) -> SyntaxFault:
    """The error of reading `text` as YAML."""
    if isinstance(error, yaml.reader.ReaderError):
        line = text.encode().count(b"\n", 0, error.position) + 1
        return SyntaxFault(line, f"the character U+{error.character:04X} may not be in it")
    if not isinstance(error, yaml.MarkedYAMLError):
        return SyntaxFault(1, str(error))
    mark = error.problem_mark or error.context_mark
    lines = text.splitlines() or [""]
    # the mark of something missing at the end is after the last line
    line = min(mark.line + 1, len(lines)) if mark else 1
    problem = ", ".join(filter(None, (error.context, error.problem)))
    column = mark.column if mark and mark.line == line - 1 else 0
    return SyntaxFault(line, problem, _hint(error, problem, lines[line - 1], column))


def _hint(error: yaml.MarkedYAMLError, problem: str, line: str, column: int) -> str:
    began = f"line {error.context_mark.line + 1}" if error.context_mark else "a line before"
    before, behind = line[:column], line[column:]
    if "\t" in before or behind.startswith("\t"):
        return _TAB
    if "cannot start any token" in problem and behind:
        return _quote(behind[0])
    if "scanning a quoted scalar" in problem:
        return f"the quote that opens in {began} is not closed"
    if "parsing a flow" in problem:
        return f"a bracket of {began} is not closed, or a text in it needs quotes or a comma"
    if "parsing a block" in problem:
        return _WHOLE if before.strip() else _COLUMN
    quoted = (_quote(sign) for part, sign in _QUOTED if part in problem)
    return next(quoted, next((hint for part, hint in _HINTS if part in problem), ""))


def _quote(sign: str) -> str:
    return f"put a text that begins with {sign} in quotes"
