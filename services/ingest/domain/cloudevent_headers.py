"""Attributes of a CloudEvent in the headers of HTTP: quoted, percent-encoded, or UTF-8 as it is."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import unquote_to_bytes

from services.ingest.domain.result import FieldError

PREFIX = "ce-"
_REQUIRED = ("ce-specversion", "ce-id", "ce-source", "ce-type")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPED = re.compile(r"\\(.)")


def is_binary_mode(headers: Mapping[str, str]) -> bool:
    """Whether any required attribute is there; which are missing is said later."""
    return any(name in headers for name in _REQUIRED)


def find_repeated(names: Iterable[str]) -> str | None:
    """An attribute that comes in two headers, or None."""
    attributes = [name for each in names if (name := each.lower()).startswith(PREFIX)]
    if not attributes:
        return None
    return next((name for name, count in Counter(attributes).items() if count > 1), None)


def read_attributes(headers: Mapping[str, str]) -> Iterator[tuple[str, str | FieldError]]:
    """Each attribute with its value, or with what is wrong with that."""
    for header, value in headers.items():
        if header.startswith(PREFIX):
            name = header.removeprefix(PREFIX)
            yield name, _decode(name, value.strip())


def _decode(name: str, value: str) -> str | FieldError:
    """The value, unquoted and then percent-decoded once, as the HTTP binding has it."""
    if value.startswith('"'):
        quoted = _QUOTED.fullmatch(value)
        if quoted is None:
            return FieldError(field=name, message="a quoted header that does not end with a quote")
        value = _ESCAPED.sub(r"\1", quoted[1])
    try:
        return unquote_to_bytes(_as_sent(value)).decode()
    except UnicodeDecodeError:
        return FieldError(field=name, message="not UTF-8 when it is percent-decoded")


def _as_sent(value: str) -> bytes:
    """The bytes of a header, which servers read as Latin-1."""
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode()
