"""YAML with line numbers, read strictly: what YAML 1.1 reads as something else is a fault."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import yaml

from services.document_faults import DocumentFault, DocumentLocation, FieldPath, InvalidField
from services.yaml_syntax import describe_syntax_error

_MOST_NODES = 50_000
_LONGEST_QUOTED = 100
_LONGEST_NUMBER = 1_000
_DEEPEST = 50
_DEEPEST_YAML = 1_000
_TAG = "tag:yaml.org,2002:"
_COLLECTIONS = frozenset({f"{_TAG}map", f"{_TAG}seq"})
_SIMPLE_INT = re.compile(r"[+-]?(0|[1-9][0-9]*)")
_SIMPLE_FLOAT = re.compile(r"[+-]?[0-9]+\.[0-9]*([eE][+-][0-9]+)?")


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """A document as plain values, and the line of each of its fields."""

    value: object
    origin: DocumentLocation


class _TooDeep(Exception):
    """More levels than any document has, at `line`."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def read_documents(
    file: str, raw: bytes
) -> tuple[tuple[YamlDocument, ...], tuple[DocumentFault, ...]]:
    """The documents of a file without faults, and every fault of the others.

    Nothing after a syntax error can be read. Empty documents are left out.
    """
    documents: list[YamlDocument] = []
    faults: list[DocumentFault] = []
    try:
        text = raw.decode("utf-8")
        _refuse_depth(text)
        for node in yaml.compose_all(text, Loader=yaml.CSafeLoader):
            reader = _YamlReader()
            value = reader.value(node, ())
            origin = DocumentLocation(file, reader.lines)
            faults += map(origin.fault, reader.errors)
            if value is not None and not reader.errors:
                documents.append(YamlDocument(value, origin))
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        faults.append(DocumentFault(file, line, "", "is not UTF-8", "save it as UTF-8"))
    except yaml.YAMLError as error:
        wrong = describe_syntax_error(error, text)
        faults.append(
            DocumentFault(file, wrong.line, "", f"is no YAML: {wrong.message}", wrong.hint)
        )
    except _TooDeep as deep:
        faults.append(DocumentFault(file, deep.line, "", "is nested too deeply"))
    return tuple(documents), tuple(faults)


def _refuse_depth(text: str) -> None:
    """Refuse a deep file, on which the composer's recursion in C would end the process."""
    depth = 0
    for event in _events(text):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST_YAML:
            raise _TooDeep(event.start_mark.line + 1 if event.start_mark else 1)


def _events(text: str) -> Iterator[yaml.Event]:
    """The events up to the first syntax error, which the composer reports."""
    with suppress(yaml.YAMLError):
        yield from yaml.parse(text, Loader=yaml.CSafeLoader)


@dataclass(slots=True)
class _YamlReader:
    """Reads nodes to values, with their lines and errors."""

    lines: dict[FieldPath, int] = field(default_factory=dict)
    errors: list[InvalidField] = field(default_factory=list)
    nodes: int = 0

    def value(self, node: yaml.Node, path: FieldPath) -> object:
        """The value of a node and of all below it."""
        self.nodes += 1
        self.lines.setdefault(path, node.start_mark.line + 1)
        if self.nodes > _MOST_NODES or len(path) > _DEEPEST:
            # aliases can make a small file as large as they like
            if self.nodes == _MOST_NODES + 1 or len(path) > _DEEPEST:
                self._refuse(path, "too many or too deeply nested values")
            return None
        if isinstance(node, yaml.CollectionNode) and node.tag not in _COLLECTIONS:
            self._refuse(path, f"the YAML tag {node.tag.removeprefix(_TAG)!r} is not supported")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        return self._scalar(node, path)

    def _refuse(self, path: FieldPath, message: str, hint: str = "") -> None:
        self.errors.append(InvalidField(path, message, hint))

    def _mapping(self, node: yaml.MappingNode, path: FieldPath) -> dict[str, object]:
        mapping: dict[str, object] = {}
        for key, below in self._entries(node, path):
            place = (*path, key)
            self.lines[place] = below[0].start_mark.line + 1
            if key in mapping:
                self._refuse(place, "is there twice")
            mapping[key] = self.value(below[1], place)
        return mapping

    def _entries(
        self, node: yaml.MappingNode, path: FieldPath
    ) -> Iterator[tuple[str, tuple[yaml.Node, yaml.Node]]]:
        for key, below in node.value:
            if key.tag != f"{_TAG}str":
                written = key.value if isinstance(key, yaml.ScalarNode) else "this key"
                self.lines[(*path, str(written))] = key.start_mark.line + 1
                self._refuse((*path, str(written)), *_refuse_key(key))
                continue
            yield key.value, (key, below)

    def _scalar(self, node: yaml.Node, path: FieldPath) -> object:
        try:
            return read_scalar(
                node.tag.removeprefix(_TAG), str(node.value), dated="detection" in path
            )
        except ValueError as error:
            self._refuse(path, str(error), _quote(str(node.value)))
            return None


def _refuse_key(key: yaml.Node) -> tuple[str, str]:
    if key.tag == f"{_TAG}merge":
        return "maps are not merged here", "write the keys out"
    return "a key is a text", "put it in quotes"


def _quote(written: str) -> str:
    """The way out where a text looks like something else; none for a long one."""
    hint = f"write '{written}' in quotes if that is meant"
    return hint if len(written) <= _LONGEST_QUOTED else ""


def read_scalar(tag: str, written: str, *, dated: bool) -> object:
    """The value of a scalar in YAML 1.1, if a reader of the file expects the same.

    A date is text; with `dated` it is refused.

    Raises:
        ValueError: YAML reads it as something else than most people expect.
    """
    if tag == "str":
        return written
    if tag == "null":
        return None
    if tag == "bool":
        return _read_bool(written)
    if tag in ("int", "float"):
        return _read_number(tag, written)
    if tag == "timestamp":
        if dated:
            raise ValueError(f"{written} is a date in YAML, and no field is compared with dates")
        return written
    raise ValueError(f"the YAML tag {tag!r} is not supported")


def _read_bool(written: str) -> bool:
    if written.lower() not in ("true", "false"):
        raise ValueError(f"YAML reads {written} as true or false: write true or false")
    return written.lower() == "true"


def _read_number(tag: str, written: str) -> float:
    if len(written) > _LONGEST_NUMBER:
        raise ValueError(f"a number of {len(written)} characters")
    if tag == "int" and _SIMPLE_INT.fullmatch(written):
        return int(written)
    if tag == "float" and _SIMPLE_FLOAT.fullmatch(written):
        return float(written)
    raise ValueError(f"YAML reads {written} as a number that is not what it looks like")
