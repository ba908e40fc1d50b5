"""The forms that a request may have: its bytes → reports, not yet judged."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from services.ingest.domain import cloudevents
from services.ingest.domain.refusal import Fault, Refusal
from services.ingest.domain.strict_json import InvalidJson, parse

JSON = "application/json"
NDJSON = "application/x-ndjson"
CLOUDEVENT = "application/cloudevents+json"
CLOUDEVENTS = "application/cloudevents-batch+json"

Decoder = Callable[[bytes], list[Any]]
"""Bytes → items: parsed reports and, for lines that are no JSON, Refusals. Raises InvalidJson."""


class UnsupportedContent(ValueError):
    """The headers announce nothing that is taken here; the message says what is."""


def decoder_for(headers: Mapping[str, str]) -> Decoder:
    """How to read the body that `headers` (names in lower case) announce; JSON if they do not.

    Raises:
        UnsupportedContent: it is compressed, in another charset, or of another type.
    """
    kind, _, parameters = headers.get("content-type", JSON).partition(";")
    name = kind.strip().lower()
    if name not in _FORMS:
        raise UnsupportedContent(f"content-type {name!r}: send one of {', '.join(_FORMS)}")
    _check_encoding(headers, parameters)
    if name == JSON and "ce-specversion" in headers:
        return partial(_binary, dict(headers))
    return _FORMS[name]


def _check_encoding(headers: Mapping[str, str], parameters: str) -> None:
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding != "identity":
        raise UnsupportedContent(f"content-encoding {encoding!r}: send it uncompressed")
    for parameter in parameters.split(";"):
        name, _, value = parameter.strip().lower().partition("=")
        if name == "charset" and value.strip('"') not in {"utf-8", "utf8", "us-ascii"}:
            raise UnsupportedContent(f"charset {value}: send UTF-8")


def _json(raw: bytes) -> list[Any]:
    value = parse(raw)
    return value if isinstance(value, list) else [value]


def _lines(raw: bytes) -> list[Any]:
    """A line that is no JSON refuses itself alone, unless no line is any."""
    lines = [(number, line) for number, line in enumerate(raw.split(b"\n"), 1) if line.strip()]
    items = [_line(number, line) for number, line in lines]
    broken = [item for item in items if isinstance(item, Refusal)]
    if not items:
        raise InvalidJson("line 1 column 1: no report in it")
    if len(broken) == len(items):
        raise InvalidJson(broken[0].faults[0].message)
    return items


def _line(number: int, line: bytes) -> Any:
    try:
        return parse(line)
    except InvalidJson as error:
        where = str(error).removeprefix("line 1 ")
        return Refusal((Fault("", f"line {number} {where}"),))


def _binary(headers: Mapping[str, str], raw: bytes) -> list[Any]:
    return [cloudevents.report(cloudevents.envelope_of(headers, parse(raw)))]


def _structured(raw: bytes) -> list[Any]:
    return [cloudevents.report(parse(raw))]


def _batch(raw: bytes) -> list[Any]:
    envelopes = parse(raw)
    if not isinstance(envelopes, list):
        raise InvalidJson("line 1 column 1: a batch of CloudEvents is a JSON array")
    return [cloudevents.report(envelope) for envelope in envelopes]


_FORMS: Mapping[str, Decoder] = {
    JSON: _json,
    NDJSON: _lines,
    "application/ndjson": _lines,
    CLOUDEVENT: _structured,
    CLOUDEVENTS: _batch,
}
