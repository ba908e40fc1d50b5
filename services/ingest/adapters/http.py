"""`POST /v1/events`: who may report, and every answer in one shape."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from pydantic_core import PydanticSerializationError

from services.ingest.adapters import metrics
from services.ingest.adapters.body import BodyReader
from services.ingest.adapters.intake import Intake
from services.ingest.adapters.openapi import DESCRIPTION, REQUEST_BODY, RESPONSES
from services.ingest.adapters.tokens import Tokens
from services.ingest.domain.answer import Answer, build_answer, choose_status
from services.ingest.domain.reporter import Reporter
from services.refused_request import RefusedRequest
from services.trace_context import read_trace
from services.tracing import begin_span

WAY_IN = "POST /v1/events, those of a hook to POST /v1/hooks/SOURCE"
RETRY_AFTER = {"Retry-After": "5"}
_STRICT = {"true": True, "1": True, "": True, "false": False, "0": False}
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="vedette"'}


@dataclass(frozen=True, slots=True)
class Authenticator:
    """Who may report: the reporter of a token; `is_open` allows requests without one too.

    `tokens` are those that are valid now.
    """

    tokens: Callable[[], Tokens]
    is_open: bool = False

    def authenticate(self, headers: Mapping[str, str]) -> Reporter:
        """The reporter behind the request, who is anybody where that is allowed.

        Raises:
            RefusedRequest: 401, the token is missing or unknown.
        """
        given, tokens = headers.get("authorization"), self.tokens()
        if self.is_open and (given is None or not tokens.reporters):
            return tokens.anybody
        scheme, _, token = (given or "").partition(" ")
        reporter = tokens.find_reporter(token.strip())
        if scheme.lower() != "bearer" or reporter is None:
            message = "unknown token" if given else "a bearer token is needed"
            raise RefusedRequest(HTTPStatus.UNAUTHORIZED, message, CHALLENGE)
        return reporter


def events_route(intake: Intake, authenticator: Authenticator, reader: BodyReader) -> APIRouter:
    """The route that takes reports."""
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
            strict = read_strict(request.query_params)
            with begin_span("receive", read_trace(request.headers), source=reporter.source or ""):
                items = await reader.read_reports(request, reporter)
                results = await intake.take(items, reporter, strict=strict)
        except RefusedRequest as refused:
            return respond_refusal(refused)
        return respond(choose_status(results), build_answer(results))

    return router


def read_strict(query: Mapping[str, str]) -> bool:
    """Whether all reports of the request are taken or none.

    Raises:
        RefusedRequest: 400, `strict` is neither true nor false, or another parameter is there.
    """
    if others := sorted(query.keys() - {"strict"}):
        message = f"{others[0]}: there is no such parameter: strict is the only one"
        raise RefusedRequest(HTTPStatus.BAD_REQUEST, message)
    strict = _STRICT.get(query.get("strict", "false").lower())
    if strict is None:
        raise RefusedRequest(HTTPStatus.BAD_REQUEST, "strict: write true or false")
    return strict


def encode_refusal(status: HTTPStatus, message: str) -> bytes:
    """The answer to a request that does not reach the route; counted as the others."""
    metrics.REQUESTS.labels(str(status.value)).inc()
    return json.dumps(Answer(error=message).model_dump()).encode()


async def refuse_path(_: Request, error: Exception) -> Response:
    """The answer where there is no such path, or no such method."""
    status = HTTPStatus(getattr(error, "status_code", HTTPStatus.NOT_FOUND))
    headers = getattr(error, "headers", None)
    return respond(status, Answer(error=f"{status.phrase}: reports go to {WAY_IN}"), headers)


def respond_refusal(refused: RefusedRequest) -> Response:
    """The answer to a request of which nothing is taken; counted."""
    return respond(refused.status, Answer(error=str(refused)), refused.headers)


def respond(
    status: HTTPStatus, answer: Answer, headers: Mapping[str, str] | None = None
) -> Response:
    """The answer as JSON; counted. 503 says when to ask again."""
    metrics.REQUESTS.labels(str(status.value)).inc()
    retry = RETRY_AFTER if status is HTTPStatus.SERVICE_UNAVAILABLE else {}
    all_headers = {**retry, **(headers or {})}
    return Response(_encode(answer), status, all_headers, media_type="application/json")


def _encode(answer: Answer) -> str:
    try:
        return answer.model_dump_json()
    except PydanticSerializationError:
        # what is echoed may hold halves of surrogate pairs, which UTF-8 cannot carry: escaped
        return json.dumps(answer.model_dump(), ensure_ascii=True)
