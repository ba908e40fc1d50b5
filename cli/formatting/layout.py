"""The one form of a YAML file: its layout changes, its values and comments do not."""

import re
from collections.abc import Iterator

import yaml

from cli.formatting.edits import TextEdit, apply_edits
from cli.formatting.indents import find_indents, find_scalar_lines
from cli.formatting.key_order import order_keys
from cli.formatting.spaces import space_tokens
from services.yaml_documents import read_documents

_LINE_END = re.compile("\r\n?")
_ALIAS = re.compile(r"[:\-,\[] *\*\w")
_RARE_BREAKS = re.compile("[\x85\u2028\u2029]")
_MARK = "---"
BYTE_ORDER_MARK = "\ufeff"


class NotFormattable(Exception):
    """The file cannot be brought into form; the message says why."""


def format_text(file: str, text: str) -> str:
    """The text in its form, which it keeps; what it means is the same.

    Lines are indented by two spaces a level; keys have their order, and comments go with them;
    a mark has one space behind it; a line `---` is between documents; no line ends in spaces, and
    two empty lines never follow each other.

    Raises:
        NotFormattable: it is no YAML that rules may be written in, or it would change its meaning.
    """
    before = _read(file, text)
    _refuse_breaks(file, text)
    text = _LINE_END.sub("\n", text.removeprefix(BYTE_ORDER_MARK))
    ended = text.rstrip("\n") + "\n"
    formatted = _form(ended if _means(file, ended, before) else text)
    if formatted is None or not _means(file, formatted, before):
        way_out = " (write out what * takes from &)" if _ALIAS.search(text) else ""
        message = "in its form it would mean something else: left as it is"
        raise NotFormattable(f"{file}: {message}{way_out}")
    return formatted


def _refuse_breaks(file: str, text: str) -> None:
    """Refuse line ends that editors do not show: where a line begins is not sure then."""
    found = _RARE_BREAKS.search(text)
    if found is not None:
        line = text.count("\n", 0, found.start()) + 1
        code = f"U+{ord(found[0]):04X}"
        message = f"holds the line break {code}: write it as an escape, in double quotes"
        raise NotFormattable(f"{file}:{line}: {message}")


def _form(text: str) -> str | None:
    """The text in its form; None where a step is no YAML any more."""
    try:
        return _clean_lines(order_keys(_lay_out(text)))
    except yaml.YAMLError:
        return None


def _means(file: str, text: str, values: list[object]) -> bool:
    try:
        return _read(file, text) == values
    except NotFormattable:
        return False


def _read(file: str, text: str) -> list[object]:
    documents, faults = read_documents(file, text.encode())
    if faults:
        raise NotFormattable(str(faults[0]))
    return [document.value for document in documents]


def _lay_out(text: str) -> str:
    tokens = list(yaml.scan(text, Loader=yaml.CSafeLoader))
    return apply_edits(text, (*space_tokens(text, tokens), *_indent(text, tokens)))


def _indent(text: str, tokens: list[yaml.Token]) -> Iterator[TextEdit]:
    lines = text.splitlines(keepends=True)
    wanted, at = find_indents(tokens, lines), 0
    for number, line in enumerate(lines):
        column = len(line) - len(line.lstrip(" "))
        if wanted.get(number, column) != column:
            yield TextEdit(at, at + column, " " * wanted[number])
        at += len(line)


def _clean_lines(text: str) -> str:
    """Without spaces at line ends, empty lines that follow another, and needless marks."""
    lines = text.splitlines(keepends=True)
    within = find_scalar_lines(yaml.scan(text, Loader=yaml.CSafeLoader), lines)
    cleaned: list[str] = []
    kept = 0
    for number, line in enumerate(lines):
        if number in within:
            cleaned.append(line)
            kept = len(cleaned)
        elif line.strip() == _MARK:
            _begin_document(cleaned, kept)
        elif line.strip() or (cleaned and cleaned[-1] not in ("\n", f"{_MARK}\n")):
            cleaned.append(line.rstrip(" \t\n") + "\n")
    _drop_empty(cleaned, kept)
    return "".join(cleaned)


def _begin_document(lines: list[str], kept: int) -> None:
    """A mark, unless nothing stands before it; and no empty line right before it."""
    _drop_empty(lines, kept)
    if lines and lines[-1] != f"{_MARK}\n":
        lines.append(f"{_MARK}\n")


def _drop_empty(lines: list[str], kept: int) -> None:
    while len(lines) > kept and lines[-1] == "\n":
        lines.pop()
