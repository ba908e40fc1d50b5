"""`POST /v1/events`: the request read within its bounds, and every answer in one shape."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.requests import ClientDisconnect

from schemas.event import LARGEST_REQUEST
from services.ingest.adapters import metrics
from services.ingest.adapters.intake import Intake
from services.ingest.adapters.openapi import DESCRIPTION, REQUEST_BODY, RESPONSES
from services.ingest.domain.answer import Answer, answer_of, status_of
from services.ingest.domain.decoding import Decoder, UnsupportedContent, decoder_for
from services.ingest.domain.reporter import Reporter
from services.ingest.domain.strict_json import InvalidJson

RETRY_AFTER = {"Retry-After": "5"}
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="vedette"'}
MOST_ITEMS = 10_000
READ_SECONDS = 30.0

ReporterOf = Callable[[str], Reporter | None]
"""Whom a token stands for, or None."""


class RejectedRequest(Exception):
    """A request that is answered before any of its reports is judged."""

    def __init__(
        self, status: HTTPStatus, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}


@dataclass(frozen=True, slots=True)
class Authenticator:
    """Who may come in: whom a token stands for; `open` lets in those without a token, too."""

    identity_of: ReporterOf | None
    open: bool = False

    def enter(self, headers: Mapping[str, str]) -> Reporter | None:
        """The identity behind the request; None for anybody, where that is allowed."""
        given = headers.get("authorization")
        if self.open and (given is None or self.identity_of is None):
            return None
        scheme, _, token = (given or "").partition(" ")
        known = self.identity_of(token.strip()) if self.identity_of else None
        if scheme.lower() != "bearer" or known is None:
            message = "unknown token" if given else "a bearer token is needed"
            raise RejectedRequest(HTTPStatus.UNAUTHORIZED, message, CHALLENGE)
        return known


def events_route(
    intake: Intake, door: Authenticator, read_seconds: float = READ_SECONDS
) -> APIRouter:
    """The route that takes reports, each request's body within `read_seconds`."""
    router = APIRouter()

    @router.post(
        "/v1/events",
        status_code=HTTPStatus.ACCEPTED,
        description=DESCRIPTION,
        responses=RESPONSES,
        openapi_extra=REQUEST_BODY,
    )
    async def post_events(request: Request) -> Response:
        try:
            identity = door.enter(request.headers)
            items = await _items(request, read_seconds)
        except RejectedRequest as rejected:
            answer = Answer(error=str(rejected))
            return _response(rejected.status, answer, rejected.headers)
        results = await intake.take(items, identity)
        status = status_of(results)
        unavailable = status is HTTPStatus.SERVICE_UNAVAILABLE
        return _response(status, answer_of(results), RETRY_AFTER if unavailable else {})

    return router


async def _items(request: Request, read_seconds: float) -> list[Any]:
    try:
        form: Decoder = decoder_for(request.headers)
        items = form(await _body(request, read_seconds))
    except UnsupportedContent as error:
        raise RejectedRequest(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, str(error)) from None
    except InvalidJson as error:
        raise RejectedRequest(HTTPStatus.BAD_REQUEST, str(error)) from None
    if len(items) > MOST_ITEMS:
        message = f"{len(items)} events in one request: at most {MOST_ITEMS} are taken"
        raise RejectedRequest(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, message)
    return items


async def _body(request: Request, read_seconds: float) -> bytes:
    if int(request.headers.get("content-length", 0)) > LARGEST_REQUEST:
        raise _too_large()
    try:
        async with asyncio.timeout(read_seconds):
            return await _bounded(request)
    except TimeoutError:
        message = f"the body did not come within {read_seconds:g} s"
        raise RejectedRequest(HTTPStatus.REQUEST_TIMEOUT, message) from None
    except ClientDisconnect:
        raise RejectedRequest(HTTPStatus.BAD_REQUEST, "the body ended early") from None


async def _bounded(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_REQUEST:
            raise _too_large()
    return bytes(body)


def _response(status: HTTPStatus, answer: Answer, headers: Mapping[str, str]) -> Response:
    metrics.REQUESTS.labels(str(status.value)).inc()
    # escaped: what is echoed may hold halves of surrogate pairs, which UTF-8 cannot carry
    content = json.dumps(answer.model_dump(), ensure_ascii=True)
    return Response(content, status, dict(headers), media_type="application/json")


def _too_large() -> RejectedRequest:
    message = f"more than {LARGEST_REQUEST} bytes in one request"
    return RejectedRequest(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, message)
