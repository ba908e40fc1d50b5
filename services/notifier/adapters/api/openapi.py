"""What the generated API document says of an endpoint."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI

from schemas.generate import json_schema
from schemas.model import Document
from services.notifier.adapters.api.answers import Refusal
from services.notifier.adapters.api.endpoint import Endpoint

SECURITY = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token of the token file; or a trusted proxy's x-forwarded-user.",
    }
}
REFUSALS = {
    HTTPStatus.UNAUTHORIZED: "No token, or an unknown one",
    HTTPStatus.FORBIDDEN: "The role is not enough, or the thing is another person's",
    HTTPStatus.UNPROCESSABLE_ENTITY: "A field is wrong; it is named, with what to do",
    HTTPStatus.TOO_MANY_REQUESTS: "Too much by one person; see Retry-After",
    HTTPStatus.SERVICE_UNAVAILABLE: "Redis does not answer, or the log is rebuilt; ask again",
}
OF_PATH = {
    HTTPStatus.NOT_FOUND: "No such alert or silence",
}
OF_CHANGE = {
    HTTPStatus.CONFLICT: "It has ended, or somebody changed it at the same time",
}
OF_BODY = {
    HTTPStatus.BAD_REQUEST: "Malformed JSON, with line and column",
    HTTPStatus.REQUEST_TIMEOUT: "The body did not come in time",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "More than 64 KiB",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "A content type other than application/json",
}


def describe_endpoint(endpoint: Endpoint) -> dict[str, Any]:
    """The arguments of FastAPI's `add_api_route` that describe it."""
    refusals = REFUSALS | (OF_PATH if "{" in endpoint.path else {})
    refusals |= {} if endpoint.method == "GET" else OF_CHANGE
    refusals |= {} if endpoint.body is None else OF_BODY
    return {
        "summary": endpoint.summary,
        "operation_id": _name_operation(endpoint),
        "status_code": endpoint.status,
        "response_model": None,
        "responses": {
            endpoint.status.value: _describe_answer(endpoint),
            **{
                status.value: {"model": Refusal, "description": why}
                for status, why in refusals.items()
            },
        },
        "openapi_extra": _describe_request(endpoint),
    }


def _describe_answer(endpoint: Endpoint) -> dict[str, Any]:
    if endpoint.answer is None:
        return {"content": {endpoint.media_type: {}}, "description": "Done"}
    return {"model": endpoint.answer, "description": "Done"}


def complete_document(app: FastAPI) -> dict[str, Any]:
    """The whole document, with how callers are known."""
    document = FastAPI.openapi(app)
    document.setdefault("components", {})["securitySchemes"] = SECURITY
    return document


def _name_operation(endpoint: Endpoint) -> str:
    """`put_alerts_acknowledgement` of `PUT /v1/alerts/{id}/acknowledgement`."""
    parts = [part for part in endpoint.path.split("/") if part not in ("", "v1")]
    named = ["one" if part.startswith("{") else part for part in parts]
    return "_".join([endpoint.method.lower(), *named])


def _describe_request(endpoint: Endpoint) -> dict[str, Any]:
    described: dict[str, Any] = {
        "security": [{"token": []}],
        "x-role": str(endpoint.role),
        "parameters": [*_describe_path(endpoint), *_describe_query(endpoint)],
    }
    if endpoint.body is not None:
        content = {"application/json": {"schema": _write_schema(endpoint.body)}}
        described["requestBody"] = {"required": True, "content": content}
    return described


def _describe_path(endpoint: Endpoint) -> Iterator[dict[str, Any]]:
    for part in endpoint.path.split("/"):
        if part.startswith("{"):
            name, schema = part.strip("{}"), {"type": "string"}
            yield {"name": name, "in": "path", "required": True, "schema": schema}


def _describe_query(endpoint: Endpoint) -> Iterator[dict[str, Any]]:
    for name, schema in _write_schema(endpoint.query).get("properties", {}).items():
        yield {"name": name, "in": "query", "required": False, "schema": schema}


def _write_schema(document: type[Document]) -> dict[str, Any]:
    """The schema with its definitions written out: a reference would lead out of its place."""
    schema = json_schema(document)
    definitions = schema.pop("$defs", {})
    schema.pop("$schema")
    written: dict[str, Any] = _write_out(schema, definitions)
    return written


def _write_out(schema: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_write_out(each, definitions) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _write_out(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    return {name: _write_out(each, definitions) for name, each in schema.items()}
