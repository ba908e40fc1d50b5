"""`POST /v1/hooks/ID`: JSON of others, taken as the mapping of the source says."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from services.ingest.adapters import metrics
from services.ingest.adapters.body import BodyReader
from services.ingest.adapters.http import respond, respond_refusal
from services.ingest.adapters.intake import Intake
from services.ingest.adapters.openapi_hooks import HOOK_DESCRIPTION, HOOK_RESPONSES
from services.ingest.adapters.sources.credentials import CredentialReader, MissingCredential
from services.ingest.domain.answer import build_answer, choose_status
from services.ingest.domain.reporter import Reporter
from services.ingest.domain.result import ReportResult
from services.ingest.domain.sources.hook_items import (
    HookBody,
    find_challenge,
    list_reports,
    read_hook,
)
from services.ingest.domain.sources.hook_signature import is_signed_by, may_be_signed
from services.ingest.domain.sources.items import SkippedItem, SourceItem
from services.ingest.domain.sources.pushed_sources import HookSource
from services.ingest.domain.sources.source_set import SourceSet
from services.refused_request import RefusedRequest
from services.telemetry import logger
from services.token_file import find_by_token
from services.trace_context import read_trace
from services.tracing import begin_span

log = logger(__name__)

AT_ONCE = 50
BEARER = "bearer "
AUTHORIZATION = "authorization"


@dataclass(frozen=True, slots=True)
class HookReceiver:
    """Takes what hooks send; `now` in seconds since 1970."""

    sources: Callable[[], SourceSet]
    credentials: CredentialReader
    reader: BodyReader
    intake: Intake
    now: Callable[[], float] = time.time

    async def receive(self, id_: str, request: Request) -> Response:
        """The answer to a request.

        Raises:
            RefusedRequest: 400, 401, 404, 408, 413, 429 or 503.
        """
        sources = self.sources()
        source = sources.find_hook(id_)
        if source is None:
            raise RefusedRequest(HTTPStatus.NOT_FOUND, "there is no such hook")
        self._check_headers(source, request.headers)
        reporter = sources.make_reporter(source)
        with begin_span("receive", read_trace(request.headers), source=source.id):
            return await self._take(source, reporter, request)

    async def _take(self, source: HookSource, reporter: Reporter, request: Request) -> Response:
        raw = await self.reader.read_raw(request, reporter)
        self._check_signature(source, request.headers, raw)
        body = HookBody.parse(raw)
        if (challenge := find_challenge(source, body)) is not None:
            return JSONResponse({"challenge": challenge})
        items = await _read_items(source, body)
        skipped = sum(isinstance(item, SkippedItem) for item in items)
        metrics.HOOK_SKIPPED.labels(source.id).inc(skipped)
        reports = list(list_reports(items))
        self.reader.charge_reports(reporter, len(reports), len(raw))
        results = await self.intake.take(reports, reporter)
        for result in results:
            metrics.HOOK_REPORTS.labels(source.id, result.status.value).inc()
        return _answer(results)

    def _check_headers(self, source: HookSource, headers: Mapping[str, str]) -> None:
        check = source.signature
        if check is not None:
            if not may_be_signed(check, headers, self.now()):
                raise RefusedRequest(HTTPStatus.UNAUTHORIZED, "no signature, or an old one")
            return
        given = headers.get(source.token_header.lower(), "")
        if source.token_header.lower() == AUTHORIZATION and given.lower().startswith(BEARER):
            given = given[len(BEARER) :].strip()
        if find_by_token(dict.fromkeys(source.tokens, source), given) is None:
            message = f"no valid token in {source.token_header}"
            raise RefusedRequest(HTTPStatus.UNAUTHORIZED, message)

    def _check_signature(self, source: HookSource, headers: Mapping[str, str], raw: bytes) -> None:
        check = source.signature
        if check is None:
            return
        try:
            secrets = self.credentials.read_all(check.secrets)
        except MissingCredential as error:
            log.warning("no secret for a hook", source=source.id, error=str(error))
            message = "the secret of this hook is not configured: see the log of ingest"
            raise RefusedRequest(HTTPStatus.SERVICE_UNAVAILABLE, message) from None
        if not is_signed_by(check, secrets, headers, raw):
            raise RefusedRequest(HTTPStatus.UNAUTHORIZED, "the signature is not of this body")


def hooks_route(receiver: HookReceiver) -> APIRouter:
    """The route that takes what hooks send."""
    router = APIRouter()

    @router.post(
        "/v1/hooks/{source_id}",
        status_code=HTTPStatus.ACCEPTED,
        description=HOOK_DESCRIPTION,
        responses=HOOK_RESPONSES,
    )
    async def post_hook(source_id: str, request: Request) -> Response:
        try:
            return await receiver.receive(source_id, request)
        except RefusedRequest as refused:
            return respond_refusal(refused)

    return router


async def _read_items(source: HookSource, body: HookBody) -> list[SourceItem]:
    items: list[SourceItem] = []
    for item in read_hook(source, body):
        items.append(item)
        if len(items) % AT_ONCE == 0:
            await asyncio.sleep(0)  # one long request must not hold up the short ones
    return items


def _answer(results: Sequence[ReportResult]) -> Response:
    """Only what is worth a repeat is an error: senders send a refused item again and again."""
    status = choose_status(results)
    is_repeated = status is HTTPStatus.SERVICE_UNAVAILABLE
    return respond(status if is_repeated else HTTPStatus.ACCEPTED, build_answer(results))
