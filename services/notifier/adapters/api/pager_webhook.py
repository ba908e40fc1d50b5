"""What a pager tells of its incidents: verified, then heeded or ignored."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol

from fastapi import FastAPI, Request, Response
from pydantic import ValidationError
from redis import RedisError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers

from schemas.model import Model
from services.error_messages import describe_error
from services.notifier.adapters.api.answers import Refusal
from services.notifier.adapters.api.endpoint import (
    LARGEST_BODY,
    READ_SECONDS,
    RETRY_AFTER,
    respond_json,
)
from services.notifier.domain.errors import LogLost
from services.notifier.domain.watch.pager_events import PagerEvent
from services.notifier.domain.watch.refusals import ActRefused
from services.refused_request import RefusedRequest
from services.request_body import read_body
from services.strict_json import InvalidJson, parse
from services.telemetry import logger

log = logger(__name__)


class WebhookOutcome(Model):
    """Whether the event changed anything, or would have without an act that came first."""

    heeded: bool


class PagerDialect(Protocol):
    """How one pager proves who it is, and writes its events."""

    def admit(self, headers: Headers) -> None:
        """Let the request's body be read. Raises RefusedRequest."""

    def verify(self, headers: Headers, body: bytes) -> None:
        """Make sure that the pager wrote the body. Raises RefusedRequest."""

    def read(self, document: object) -> PagerEvent | None:
        """The act on an incident; None of an event that means nothing here.

        Raises pydantic.ValidationError.
        """


@dataclass(frozen=True, slots=True)
class PagerWebhook:
    """Takes what the pager tells; `handle` may block, and raises as WatchFloor."""

    dialect: PagerDialect
    handle: Callable[[PagerEvent], bool]

    async def respond(self, request: Request) -> Response:
        """200 for every event of the pager's, also one that changes nothing; it repeats others."""
        try:
            event = self.read_event(await self._read_verified(request))
            heeded = event is not None and await run_in_threadpool(self._heed, event)
        except RefusedRequest as refused:
            return respond_json(refused.status, Refusal(error=str(refused)))
        except (LogLost, RedisError) as error:
            log.warning("an event of the pager has to wait", error=type(error).__name__)
            refusal = Refusal(error="nothing can be changed now: send it again in some seconds")
            return respond_json(HTTPStatus.SERVICE_UNAVAILABLE, refusal, RETRY_AFTER)
        return respond_json(HTTPStatus.OK, WebhookOutcome(heeded=heeded))

    def read_event(self, body: bytes) -> PagerEvent | None:
        """The act on an incident, if the body tells one.

        Raises RefusedRequest: 400.
        """
        try:
            return self.dialect.read(parse(body))
        except InvalidJson as error:
            message = f"the body is not JSON: {error}"
            raise RefusedRequest(HTTPStatus.BAD_REQUEST, message) from None
        except ValidationError as error:
            raise RefusedRequest(HTTPStatus.BAD_REQUEST, _name_fault(error)) from None

    def _heed(self, event: PagerEvent) -> bool:
        try:
            return self.handle(event)
        except ActRefused as refused:
            log.info("an event of the pager changes nothing", act=event.act, reason=str(refused))
            return False

    async def _read_verified(self, request: Request) -> bytes:
        self.dialect.admit(request.headers)
        body = await read_body(request, LARGEST_BODY, READ_SECONDS)
        self.dialect.verify(request.headers, body)
        return body


def add_pager(app: FastAPI, path: str, webhook: PagerWebhook) -> None:
    """Let the app answer the pager; its own document is for other callers."""
    app.add_api_route(path, webhook.respond, methods=["POST"], include_in_schema=False)


def _name_fault(error: ValidationError) -> str:
    [fault, *_] = error.errors(include_url=False, include_input=False)
    return f"{'.'.join(map(str, fault['loc'])) or 'the body'}: {describe_error(fault)}"
