"""A request's bytes → its reports, by content type; the reports are not validated yet."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from services.ingest.domain import cloudevents
from services.ingest.domain.cloudevent_headers import is_binary_mode
from services.ingest.domain.result import FieldError, ReportResult, refuse
from services.strict_json import InvalidJson, parse

JSON = "application/json"
NDJSON = "application/x-ndjson"
CLOUDEVENT = "application/cloudevents+json"
CLOUDEVENTS = "application/cloudevents-batch+json"

_JSON_NAME = re.compile(r"[\w.!#$&^-]+/(?:[\w.!#$&^-]+\+)?json")

MOST_REPORTS = 10_000

T = TypeVar("T")

Decoder = Callable[[bytes], list[Any]]
"""Bytes → parsed reports, with a ReportResult in place of each that is refused already.

Raises InvalidJson or TooManyReports.
"""


class UnsupportedContent(ValueError):
    """The headers announce a body that cannot be decoded; the message names what can be."""


class TooManyReports(ValueError):
    """More reports in one request than are taken; the message has both numbers."""


def choose_decoder(headers: Mapping[str, str]) -> Decoder:
    """The decoder of the body that `headers` (names in lower case) announce; JSON by default.

    Raises:
        UnsupportedContent: it is in another charset, or of another type.
    """
    content_type, _, parameters = headers.get("content-type", JSON).partition(";")
    name = content_type.strip().lower()
    _check_charset(parameters)
    if _is_json(name) and is_binary_mode(headers):
        return partial(_decode_binary, dict(headers))
    if name not in _DECODERS:
        raise UnsupportedContent(f"content-type {name!r}: send one of {', '.join(_DECODERS)}")
    return _DECODERS[name]


def _is_json(name: str) -> bool:
    return name not in (CLOUDEVENT, CLOUDEVENTS) and _JSON_NAME.fullmatch(name) is not None


def _check_charset(parameters: str) -> None:
    for parameter in parameters.split(";"):
        name, _, value = parameter.strip().lower().partition("=")
        if name == "charset" and value.strip('"') not in {"utf-8", "utf8", "us-ascii"}:
            raise UnsupportedContent(f"charset {value}: send UTF-8")


def _decode_json(raw: bytes) -> list[Any]:
    value = parse(raw)
    return _check_count(value) if isinstance(value, list) else [value]


def _check_count(items: list[T]) -> list[T]:
    if len(items) > MOST_REPORTS:
        message = f"{len(items)} reports in one request: at most {MOST_REPORTS} are taken"
        raise TooManyReports(message)
    return items


def _decode_lines(raw: bytes) -> list[Any]:
    """A line that is not JSON is refused alone, unless no line is JSON."""
    lines = [(number, line) for number, line in enumerate(raw.split(b"\n"), 1) if line.strip()]
    items = [_decode_line(number, line) for number, line in _check_count(lines)]
    refused = [item for item in items if isinstance(item, ReportResult)]
    if not items:
        raise InvalidJson("line 1 column 1: no report in it")
    if len(refused) == len(items):
        raise InvalidJson(refused[0].errors[0].message)
    return items


def _decode_line(number: int, line: bytes) -> Any:
    try:
        return parse(line)
    except InvalidJson as error:
        reason = str(error).removeprefix("line 1 ")
        return refuse({}, FieldError(field="", message=f"line {number} {reason}"))


def _decode_binary(headers: Mapping[str, str], raw: bytes) -> list[Any]:
    return [cloudevents.unwrap_binary(headers, parse(raw))]


def _decode_structured(raw: bytes) -> list[Any]:
    return [cloudevents.unwrap(parse(raw))]


def _decode_batch(raw: bytes) -> list[Any]:
    envelopes = parse(raw)
    if not isinstance(envelopes, list):
        raise InvalidJson("line 1 column 1: a batch of CloudEvents is a JSON array")
    return [cloudevents.unwrap(envelope) for envelope in _check_count(envelopes)]


_DECODERS: Mapping[str, Decoder] = {
    JSON: _decode_json,
    NDJSON: _decode_lines,
    "application/ndjson": _decode_lines,
    CLOUDEVENT: _decode_structured,
    CLOUDEVENTS: _decode_batch,
}
