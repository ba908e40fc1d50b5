"""`POST /v1/events`: the request read within its bounds, and every answer in one shape."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.requests import ClientDisconnect

from schemas.event import LARGEST_REQUEST
from services.ingest.adapters import metrics
from services.ingest.adapters.intake import Intake
from services.ingest.adapters.openapi import DESCRIPTION, REQUEST_BODY, RESPONSES
from services.ingest.adapters.tokens import Tokens
from services.ingest.domain.answer import Answer, build_answer, choose_status
from services.ingest.domain.decoding import TooManyReports, UnsupportedContent, choose_decoder
from services.ingest.domain.reporter import Reporter
from services.ingest.domain.strict_json import InvalidJson

RETRY_AFTER = {"Retry-After": "5"}
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="vedette"'}
READ_SECONDS = 30.0


class RejectedRequest(Exception):
    """A request that is answered before any of its reports is validated."""

    def __init__(
        self, status: HTTPStatus, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}


@dataclass(frozen=True, slots=True)
class Authenticator:
    """Who may report: the reporter of a token; `is_open` allows requests without one too."""

    tokens: Tokens
    is_open: bool = False

    def authenticate(self, headers: Mapping[str, str]) -> Reporter:
        """The reporter behind the request, who is anybody where that is allowed.

        Raises:
            RejectedRequest: 401, the token is missing or unknown.
        """
        given = headers.get("authorization")
        if self.is_open and (given is None or not self.tokens.reporters):
            return self.tokens.anybody
        scheme, _, token = (given or "").partition(" ")
        reporter = self.tokens.find_reporter(token.strip())
        if scheme.lower() != "bearer" or reporter is None:
            message = "unknown token" if given else "a bearer token is needed"
            raise RejectedRequest(HTTPStatus.UNAUTHORIZED, message, CHALLENGE)
        return reporter


def events_route(
    intake: Intake, authenticator: Authenticator, read_seconds: float = READ_SECONDS
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
            reporter = authenticator.authenticate(request.headers)
            items = await _read_reports(request, read_seconds)
        except RejectedRequest as rejected:
            answer = Answer(error=str(rejected))
            return _respond(rejected.status, answer, rejected.headers)
        results = await intake.take(items, reporter)
        status = choose_status(results)
        unavailable = status is HTTPStatus.SERVICE_UNAVAILABLE
        return _respond(status, build_answer(results), RETRY_AFTER if unavailable else {})

    return router


async def _read_reports(request: Request, read_seconds: float) -> list[Any]:
    try:
        decode = choose_decoder(request.headers)
        return decode(await _read_body(request, read_seconds))
    except UnsupportedContent as error:
        raise RejectedRequest(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, str(error)) from None
    except InvalidJson as error:
        raise RejectedRequest(HTTPStatus.BAD_REQUEST, str(error)) from None
    except TooManyReports as error:
        raise RejectedRequest(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, str(error)) from None


async def _read_body(request: Request, read_seconds: float) -> bytes:
    if int(request.headers.get("content-length", 0)) > LARGEST_REQUEST:
        raise _too_large()
    try:
        async with asyncio.timeout(read_seconds):
            return await _read_stream(request)
    except TimeoutError:
        message = f"the body did not come within {read_seconds:g} s"
        raise RejectedRequest(HTTPStatus.REQUEST_TIMEOUT, message) from None
    except ClientDisconnect:
        raise RejectedRequest(HTTPStatus.BAD_REQUEST, "the body ended early") from None


async def _read_stream(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_REQUEST:
            raise _too_large()
    return bytes(body)


def _respond(status: HTTPStatus, answer: Answer, headers: Mapping[str, str]) -> Response:
    metrics.REQUESTS.labels(str(status.value)).inc()
    # escaped: what is echoed may hold halves of surrogate pairs, which UTF-8 cannot carry
    content = json.dumps(answer.model_dump(), ensure_ascii=True)
    return Response(content, status, dict(headers), media_type="application/json")


def _too_large() -> RejectedRequest:
    message = f"more than {LARGEST_REQUEST} bytes in one request"
    return RejectedRequest(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, message)
