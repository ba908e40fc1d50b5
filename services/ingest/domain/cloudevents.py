"""CloudEvents 1.0: an envelope around a report → the report."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from schemas.event import EventTime
from services.ingest.domain.cloudevent_headers import read_attributes
from services.ingest.domain.result import FieldError, refuse

REQUIRED = ("id", "source", "type")
# an attribute of the envelope counts only where the report lacks the field
FILLED_FIELDS = (("id", "id"), ("source", "source"), ("published_at", "time"))

_TIME: TypeAdapter[datetime | None] = TypeAdapter(EventTime | None)
_JSON = re.compile(r"[\w.+-]+/([\w.+-]+\+)?json\s*(;.*)?", re.IGNORECASE)


def unwrap(envelope: Any) -> Any:
    """The report inside `envelope`, or a refusal that names each attribute at fault."""
    if not isinstance(envelope, dict):
        return envelope
    errors = tuple(_find_errors(envelope))
    return refuse(envelope, *errors) if errors else _fill_report(envelope["data"], envelope)


def unwrap_binary(headers: Mapping[str, str], data: Any) -> Any:
    """Binary mode: each attribute is a `ce-` header (names in lower case), the body is the data."""
    read = dict(read_attributes(headers))
    faults = [value for value in read.values() if isinstance(value, FieldError)]
    if faults:
        given = {name: value for name, value in read.items() if isinstance(value, str)}
        return refuse(given, *faults)
    return unwrap(read | {"datacontenttype": headers.get("content-type"), "data": data})


def _find_errors(envelope: Mapping[str, Any]) -> Iterator[FieldError]:
    if envelope.get("specversion") != "1.0":
        yield FieldError(field="specversion", message="must be 1.0")
    for name in REQUIRED:
        if not isinstance(envelope.get(name), str) or not envelope[name]:
            yield FieldError(field=name, message="a CloudEvent needs it: a string, not empty")
    if not _is_time(envelope.get("time")):
        yield FieldError(field="time", message="write it as 2020-01-05T12:00:00Z")
    content_type = envelope.get("datacontenttype")
    if content_type is not None and not _is_json(content_type):
        yield FieldError(field="datacontenttype", message="must be JSON")
    if envelope.get("data_base64") is not None:
        message = "not supported: send the report as JSON in data"
        yield FieldError(field="data_base64", message=message)
    elif not isinstance(envelope.get("data"), dict):
        yield FieldError(field="data", message="must be a JSON object: the report")


def _is_time(time: Any) -> bool:
    try:
        _TIME.validate_python(time)
    except ValidationError:
        return False
    return True


def _is_json(content_type: Any) -> bool:
    return isinstance(content_type, str) and _JSON.fullmatch(content_type) is not None


def _fill_report(data: Mapping[str, Any], envelope: Mapping[str, Any]) -> dict[str, Any]:
    missing = {
        field: envelope[attribute]
        for field, attribute in FILLED_FIELDS
        if data.get(field) is None and envelope.get(attribute) is not None
    }
    return {**data, **missing}
