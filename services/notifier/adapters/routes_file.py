"""Reads the file of routes: the tree, or every fault with its line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from pydantic import ValidationError

from services.document_faults import DocumentLocation
from services.notifier.domain.routing import routes_document
from services.notifier.domain.routing.build_routes import (
    FieldPath,
    RouteError,
    build_routing,
    list_route_errors,
)
from services.notifier.domain.routing.routes_document import RoutesDocument
from services.notifier.domain.routing.tree import Routing
from services.validation_errors import list_errors, list_keys
from services.yaml_syntax import describe_syntax_error

LARGEST_FILE = 1024 * 1024
DEEPEST = 100
_KEYS = list_keys(routes_document)


class InvalidRoutes(ValueError):
    """The file cannot be used; one line for each fault, `FILE:LINE: FIELD: what to do`."""


def read_routes(path: Path, receivers: Sequence[str]) -> Routing:
    """The routes of a file, for these receivers.

    Raises InvalidRoutes.
    """
    try:
        with path.open("rb") as opened:
            raw = opened.read(LARGEST_FILE + 1)
    except OSError as error:
        raise InvalidRoutes(f"{path}: {error.strerror}") from None
    return parse_routes(str(path), raw, receivers)


def parse_routes(file: str, raw: bytes, receivers: Sequence[str]) -> Routing:
    """The routes in the text of a file.

    Raises InvalidRoutes.
    """
    reader = _RoutesReader(file)
    value = reader.read(raw)
    try:
        document = RoutesDocument.model_validate(value)
    except ValidationError as invalid:
        reader.errors += _list_invalid(invalid, value)
        reader.refuse_errors()
        raise
    reader.errors += list_route_errors(document, receivers)
    reader.refuse_errors()
    return build_routing(document, file, reader.lines, receivers)


def _list_invalid(invalid: ValidationError, value: object) -> Iterator[RouteError]:
    for error in list_errors(invalid, value, _KEYS):
        hint = f" ({error.hint})" if error.hint else ""
        yield RouteError(error.path, error.message + hint)


@dataclass(slots=True)
class _RoutesReader:
    """YAML as plain values; every scalar is text, so `17:00` and `no` are what they look like."""

    file: str
    lines: dict[FieldPath, int] = field(default_factory=dict)
    errors: list[RouteError] = field(default_factory=list)

    def read(self, raw: bytes) -> object:
        """The value of the file; raises InvalidRoutes where it is no YAML."""
        if len(raw) > LARGEST_FILE:
            raise InvalidRoutes(f"{self.file}:1: is larger than {LARGEST_FILE} bytes")
        try:
            text = raw.decode()
            self._refuse_shape(text)
            node = yaml.compose(text, Loader=yaml.CSafeLoader)
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            raise InvalidRoutes(f"{self.file}:{line}: is not UTF-8") from None
        except yaml.YAMLError as error:
            wrong = describe_syntax_error(error, text)
            hint = f" ({wrong.hint})" if wrong.hint else ""
            problem = f"is no YAML: {wrong.message}{hint}"
            raise InvalidRoutes(f"{self.file}:{wrong.line}: {problem}") from None
        return None if node is None else self._value(node, ())

    def refuse_errors(self) -> None:
        """Raise InvalidRoutes if there is any error."""
        if self.errors:
            place = DocumentLocation(self.file, self.lines)
            faults = sorted({(place.line(error.path), _describe(error)) for error in self.errors})
            raise InvalidRoutes("\n".join(f"{self.file}:{line}: {text}" for line, text in faults))

    def _refuse_shape(self, text: str) -> None:
        """Refuse what may make a small file large, or the composer's recursion deep."""
        depth = 0
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            line = event.start_mark.line + 1 if event.start_mark else 1
            if isinstance(event, yaml.AliasEvent):
                raise InvalidRoutes(f"{self.file}:{line}: aliases are not read: write it out")
            if depth > DEEPEST:
                raise InvalidRoutes(f"{self.file}:{line}: is nested too deeply")

    def _value(self, node: yaml.Node, path: FieldPath) -> object:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, (*path, index)) for index, item in enumerate(node.value)]
        return str(node.value)

    def _mapping(self, node: yaml.MappingNode, path: FieldPath) -> dict[str, object]:
        mapping: dict[str, object] = {}
        for key, below in node.value:
            name = str(key.value)
            self.lines[(*path, name)] = key.start_mark.line + 1
            if name in mapping:
                self.errors.append(RouteError((*path, name), "is there twice"))
            mapping[name] = self._value(below, (*path, name))
        return mapping


def _describe(error: RouteError) -> str:
    place = ".".join(str(part) for part in error.path)
    return f"{place}: {error.message}" if place else error.message
