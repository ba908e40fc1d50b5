"""What the generated API document says of `POST /v1/events`."""

from typing import Any

from schemas.event import Event
from services.ingest.domain.answer import Answer

DESCRIPTION = """Takes reports; 202 says that Kafka has every one that is marked accepted.

Each report has its own result, in the order of the request. 202 may hold refused ones beside
accepted ones; 422 says that all were refused, with the field named. After 503 send the same
request again: an event is known by its source and id, so a repeat changes nothing.

Each token may send 200 reports and 2 MiB a second (`VEDETTE_INGEST_REPORTS_PER_SECOND`,
`VEDETTE_INGEST_BYTES_PER_SECOND`); a pause saves up five seconds of that. All requests without a
token share one such limit. 429 takes nothing: send the request again after `Retry-After` seconds.
A request above what can be saved up is taken when all of it is saved; the next ones wait longer.
"""

# fields that only ingest sets
_SET_BY_INGEST = {"source_owner", "reliability", "story", "recorded_at"}


def _report_schema() -> dict[str, Any]:
    schema = Event.model_json_schema()
    properties = schema["properties"]
    reported = {name: of for name, of in properties.items() if name not in _SET_BY_INGEST}
    example = {"source": "reuters", "text": "Rockets hit the base."}
    return {"type": "object", "title": "Report", "properties": reported, "example": example}


_REPORT = _report_schema()
_OBJECT = {"type": "object"}

REQUEST_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"oneOf": [_REPORT, {"type": "array", "items": {"type": "object"}}]}
            },
            "application/x-ndjson": {"schema": {"type": "string"}},
            "application/cloudevents+json": {"schema": _OBJECT},
            "application/cloudevents-batch+json": {"schema": {"type": "array", "items": _OBJECT}},
        },
    },
    "security": [{"token": []}],
}

RESPONSES: dict[int | str, dict[str, Any]] = {
    202: {"model": Answer, "description": "Acknowledged by Kafka, except those marked refused"},
    400: {"model": Answer, "description": "Malformed JSON, with line and column"},
    401: {"model": Answer, "description": "No token, or an unknown one"},
    408: {"model": Answer, "description": "The body did not come in time"},
    413: {"model": Answer, "description": "More than 1 MiB, or more than 10,000 reports"},
    415: {"model": Answer, "description": "A content type that is not taken"},
    422: {"model": Answer, "description": "Every report was refused; the field is named"},
    429: {
        "model": Answer,
        "description": "The token sent more than its limit; nothing was taken",
        "headers": {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds"}},
    },
    503: {"model": Answer, "description": "Kafka does not take it now; see Retry-After"},
}
