"""What the generated API document says of `POST /v1/events`."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.routing import APIRoute
from starlette.types import Receive, Scope, Send

from schemas.event import Event
from services.ingest.domain.answer import Answer
from services.ingest.domain.decoding import MOST_REPORTS
from services.ingest.domain.packed_request import TAKEN

DESCRIPTION = """Takes reports; 202 says that Kafka has every one that is marked accepted.

Each report has its own result, in the order of the request. 202 may hold refused ones beside
accepted ones; 422 says that none was taken, with the field named. A client that looks at the
status alone asks for `?strict=true`: then one refused report refuses the request (422), and the
others are `skipped`. After 503 send the same request again: an event is known by its source and
id, so a repeat changes nothing; strict or not, some may have been accepted.

A body is one report, an array of them, NDJSON, or CloudEvents 1.0: structured, batched, or binary
(`ce-` headers, any JSON content type). It may be compressed (`Content-Encoding: gzip` or
`deflate`); the bounds hold for what it unpacks to. A field that is null is as good as absent.

Each token may send 200 reports and 2 MiB a second (`VEDETTE_INGEST_REPORTS_PER_SECOND`,
`VEDETTE_INGEST_BYTES_PER_SECOND`); a pause saves up one second of that. All requests without a
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

_ONE_OR_MORE = {
    "schema": {"oneOf": [_REPORT, {"type": "array", "items": _OBJECT, "maxItems": MOST_REPORTS}]}
}

REQUEST_BODY: dict[str, Any] = {
    "parameters": [
        {
            "name": "strict",
            "in": "query",
            "description": "Whether one refused report refuses all",
            "schema": {"type": "boolean", "default": False},
        },
        {
            "name": "Content-Encoding",
            "in": "header",
            "schema": {"type": "string", "enum": list(TAKEN), "default": "identity"},
        },
    ],
    "requestBody": {
        "required": True,
        "content": {
            "application/json": _ONE_OR_MORE,
            "application/x-ndjson": {"schema": {"type": "string"}},
            "application/ndjson": {"schema": {"type": "string"}},
            "application/cloudevents+json": {"schema": _OBJECT},
            "application/cloudevents-batch+json": {"schema": {"type": "array", "items": _OBJECT}},
        },
    },
    "security": [{"token": []}],
}

Responses = dict[int | str, dict[str, Any]]
Endpoint = Callable[[Request], Awaitable[Response]]

WAITS: Responses = {
    408: {"model": Answer, "description": "The body did not come in time"},
    503: {"model": Answer, "description": "Kafka does not take it now; see Retry-After"},
}
"""Answers of every route that takes reports."""


def describe_limit(whose: str) -> dict[str, Any]:
    """The answer 429, by whose limit it is."""
    return {
        "model": Answer,
        "description": f"{whose} sent more than its limit; nothing was taken",
        "headers": {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds"}},
    }


RESPONSES: Responses = WAITS | {
    202: {"model": Answer, "description": "Acknowledged by Kafka, except those marked refused"},
    400: {"model": Answer, "description": "Malformed JSON, with line and column"},
    401: {"model": Answer, "description": "No token, or an unknown one"},
    413: {"model": Answer, "description": "More than 1 MiB, or more than 10,000 reports"},
    415: {"model": Answer, "description": "A content type that is not taken"},
    422: {"model": Answer, "description": "Every report was refused; the field is named"},
    429: describe_limit("The token"),
}

_TOKEN = {
    "type": "http",
    "scheme": "bearer",
    "description": "The token of a source; none is needed where ingest is open",
}


class DescribedApp(FastAPI):
    """A web app whose API document also says what the token is.

    A route whose path has no parameter is asked directly, with the request alone: the layers of
    the framework cost as much as all else that is done for one report.
    """

    def __init__(self, **named: Any) -> None:
        super().__init__(**named)
        self._direct: dict[tuple[str, str], Endpoint] = {}

    def include_router(self, router: APIRouter, *given: Any, **named: Any) -> None:
        """As the framework does it."""
        super().include_router(router, *given, **named)
        routes = [route for route in router.routes if isinstance(route, APIRoute)]
        for route in routes:
            if not route.param_convertors:
                methods = route.methods or ()
                self._direct |= {(method, route.path): route.endpoint for method in methods}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        endpoint = self._direct.get((scope.get("method", ""), scope.get("path", "")))
        if endpoint is None:
            return await super().__call__(scope, receive, send)
        response = await endpoint(Request(scope, receive, send))
        return await response(scope, receive, send)

    def openapi(self) -> dict[str, Any]:
        """The API document."""
        document = super().openapi()
        document["components"].setdefault("securitySchemes", {})["token"] = _TOKEN
        return document
