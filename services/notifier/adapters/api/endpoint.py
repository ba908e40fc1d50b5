"""One endpoint of the API: who may use it, what it takes, and every answer in one shape."""

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from pydantic import ValidationError
from redis import RedisError
from starlette.concurrency import run_in_threadpool

from schemas.model import Document, Model
from services.error_messages import describe_error
from services.notifier.adapters.api.answers import Refusal, RefusedField
from services.notifier.adapters.api.callers import Callers
from services.notifier.adapters.api.documents import NoQuery
from services.notifier.adapters.api.rate_limit import ONE, CallLimiter
from services.notifier.adapters.metrics import API_REQUESTS
from services.notifier.domain.errors import LogLost
from services.notifier.domain.watch.people import Person, Role
from services.notifier.domain.watch.refusals import (
    ActRefused,
    ChangedMeanwhile,
    NoSuchThing,
    NotAllowed,
)
from services.refused_request import RefusedRequest
from services.request_body import read_body
from services.strict_json import InvalidJson, parse
from services.telemetry import logger

log = logger(__name__)

LARGEST_BODY = 64 * 1024
READ_SECONDS = 10.0
RETRY_AFTER = {"Retry-After": "5"}
STATUSES: Mapping[type[ActRefused], HTTPStatus] = {
    NotAllowed: HTTPStatus.FORBIDDEN,
    NoSuchThing: HTTPStatus.NOT_FOUND,
    ChangedMeanwhile: HTTPStatus.CONFLICT,
}
"""Of every other refused act: 422."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request that may be answered: who asks, the ids in its path, its query and its body."""

    person: Person
    path: Mapping[str, str]
    query: Any
    body: Any


@dataclass(frozen=True, slots=True)
class XmlAnswer:
    """A document, which a caller that has it already is not sent again."""

    content: bytes

    @property
    def etag(self) -> str:
        """The same for the same bytes."""
        return f'"{hashlib.sha256(self.content).hexdigest()[:32]}"'


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What a method of a path does: `handle` may block, and raises what the domain raises.

    `query` and `body` are the documents that it takes; `role`: who may use it; `units`: how much of
    what a person may ask it takes. Without an `answer` of JSON it answers XML of `media_type`.
    """

    method: str
    path: str
    summary: str
    handle: Callable[[Call], Model | XmlAnswer]
    answer: type[Model] | None
    role: Role = Role.VIEWER
    query: type[Document] = NoQuery
    body: type[Document] | None = None
    status: HTTPStatus = HTTPStatus.OK
    units: int = ONE
    media_type: str = "application/json"


def make_responder(
    endpoint: Endpoint, callers: Callers, limiter: CallLimiter
) -> Callable[[Request], Awaitable[Response]]:
    """What answers requests to the endpoint."""

    async def respond(request: Request) -> Response:
        try:
            call = await _read_call(request, endpoint, _admit(request, endpoint, callers, limiter))
            answer = await run_in_threadpool(endpoint.handle, call)
        except RefusedRequest as refused:
            return _refuse(refused.status, [("", str(refused))], refused.headers)
        except ValidationError as invalid:
            return _refuse(HTTPStatus.UNPROCESSABLE_ENTITY, list(_list_faults(invalid)))
        except ActRefused as refused:
            status = STATUSES.get(type(refused), HTTPStatus.UNPROCESSABLE_ENTITY)
            return _refuse(status, [(refused.field, str(refused))])
        except LogLost:
            message = "the log is being rebuilt from the ledger: ask again in some seconds"
            return _refuse(HTTPStatus.SERVICE_UNAVAILABLE, [("", message)], RETRY_AFTER)
        except RedisError as error:
            log.warning("redis fails", error=type(error).__name__)
            message = "Redis does not answer: nothing is known to have changed; ask again"
            return _refuse(HTTPStatus.SERVICE_UNAVAILABLE, [("", message)], RETRY_AFTER)
        return _respond(request, endpoint, answer)

    return respond


def _respond(request: Request, endpoint: Endpoint, answer: Model | XmlAnswer) -> Response:
    if not isinstance(answer, XmlAnswer):
        return respond_json(endpoint.status, answer)
    etag = answer.etag
    known = [each.strip().removeprefix("W/") for each in _list_known(request)]
    is_known = etag in known or "*" in known
    status = HTTPStatus.NOT_MODIFIED if is_known else endpoint.status
    API_REQUESTS.labels(str(status.value)).inc()
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if is_known:
        return Response(status_code=status, headers=headers)
    return Response(answer.content, status, headers, media_type=endpoint.media_type)


def _list_known(request: Request) -> list[str]:
    given = request.headers.getlist("if-none-match")
    return [each for line in given for each in line.split(",")]


def respond_json(
    status: HTTPStatus, answer: Model, headers: Mapping[str, str] | None = None
) -> Response:
    """The answer, in plain ASCII: what is echoed may hold anything."""
    API_REQUESTS.labels(str(status.value)).inc()
    content = json.dumps(answer.model_dump(mode="json"), ensure_ascii=True)
    return Response(content, status, dict(headers or {}), media_type="application/json")


def encode_refusal(status: HTTPStatus, message: str) -> bytes:
    """The body of an answer to a request that reaches no endpoint."""
    API_REQUESTS.labels(str(status.value)).inc()
    return Refusal(error=message).model_dump_json().encode()


def _admit(request: Request, endpoint: Endpoint, callers: Callers, limiter: CallLimiter) -> Person:
    """Who asks; who may not is answered before anything of the request is read."""
    person = callers.identify(request)
    if not person.may_act_as(endpoint.role):
        message = f"{person.name} is a {person.role}; this needs the role {endpoint.role}"
        raise RefusedRequest(HTTPStatus.FORBIDDEN, message)
    limiter.charge(person.name, endpoint.units)
    return person


async def _read_call(request: Request, endpoint: Endpoint, person: Person) -> Call:
    query = endpoint.query.model_validate(_read_query(request, endpoint.query))
    if endpoint.body is None:
        return Call(person, request.path_params, query, None)
    body = endpoint.body.model_validate(await _read_json(request))
    return Call(person, request.path_params, query, body)


def _read_query(request: Request, document: type[Document]) -> dict[str, object]:
    """Parameters by name; of those that may be repeated all values."""
    given = request.query_params
    return {
        name: values if _is_repeatable(document, name) or len(values) > 1 else values[0]
        for name in given
        if (values := given.getlist(name))
    }


def _is_repeatable(document: type[Document], name: str) -> bool:
    field = document.model_fields.get(name)
    return field is not None and str(field.annotation).startswith("tuple")


async def _read_json(request: Request) -> Any:
    content_type = request.headers.get("content-type", "application/json")
    if content_type.partition(";")[0].strip().lower() != "application/json":
        message = f"{content_type[:100]!r} is not taken: send application/json"
        raise RefusedRequest(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, message)
    try:
        return parse(await read_body(request, LARGEST_BODY, READ_SECONDS))
    except InvalidJson as error:
        message = f"the body is not JSON: {error}"
        raise RefusedRequest(HTTPStatus.BAD_REQUEST, message) from None


def _list_faults(invalid: ValidationError) -> Sequence[tuple[str, str]]:
    return [
        (".".join(str(part) for part in fault["loc"]), describe_error(fault))
        for fault in invalid.errors(include_url=False, include_input=False)
    ]


def _refuse(
    status: HTTPStatus,
    faults: Sequence[tuple[str, str]],
    headers: Mapping[str, str] | None = None,
) -> Response:
    field, message = faults[0]
    errors = tuple(RefusedField(field=name, message=text) for name, text in faults)
    error = f"{field}: {message}" if field else message
    return respond_json(status, Refusal(error=error, errors=errors), headers)
