"""CloudEvents 1.0: an envelope around a report → the report."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from services.ingest.domain.refusal import Fault, refused

REQUIRED = ("id", "source", "type")
# what the envelope says counts only where the report itself says nothing
FILLS = (("id", "id"), ("source", "source"), ("published_at", "time"))
HEADER = "ce-"

_JSON = re.compile(r"[\w.+-]+/([\w.+-]+\+)?json\s*(;.*)?", re.IGNORECASE)


def report(envelope: Any) -> Any:
    """The report inside `envelope`, or a Refusal naming the attribute at fault."""
    if not isinstance(envelope, dict):
        return envelope
    faults = tuple(_faults(envelope))
    return refused(envelope, *faults) if faults else _filled(envelope["data"], envelope)


def envelope_of(headers: Mapping[str, str], data: Any) -> dict[str, Any]:
    """Binary mode as an envelope: each attribute is a `ce-` header, the body is the data."""
    attributes = {
        name.removeprefix(HEADER): unquote(value)
        for name, value in headers.items()
        if name.startswith(HEADER)
    }
    return attributes | {"datacontenttype": headers.get("content-type"), "data": data}


def _faults(envelope: Mapping[str, Any]) -> Iterator[Fault]:
    if envelope.get("specversion") != "1.0":
        yield Fault("specversion", "must be 1.0")
    for name in REQUIRED:
        if not isinstance(envelope.get(name), str) or not envelope[name]:
            yield Fault(name, "a CloudEvent needs it, as a string that is not empty")
    kind = envelope.get("datacontenttype")
    if kind is not None and not (isinstance(kind, str) and _JSON.fullmatch(kind)):
        yield Fault("datacontenttype", "must be JSON")
    if envelope.get("data_base64") is not None:
        yield Fault("data_base64", "not taken: send the report as JSON in data")
    elif not isinstance(envelope.get("data"), dict):
        yield Fault("data", "must be a JSON object: the report")


def _filled(data: Mapping[str, Any], envelope: Mapping[str, Any]) -> dict[str, Any]:
    missing = {
        ours: envelope[theirs]
        for ours, theirs in FILLS
        if data.get(ours) is None and envelope.get(theirs) is not None
    }
    return {**data, **missing}
