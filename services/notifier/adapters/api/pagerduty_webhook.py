"""`POST /pagerduty/webhook`: PagerDuty's webhook v3, verified, then heeded or ignored."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import FastAPI, Request, Response
from pydantic import Field, SecretStr, StringConstraints, ValidationError
from redis import RedisError
from starlette.concurrency import run_in_threadpool

from schemas.model import Instant, Model
from services.notifier.adapters.api.answers import Refusal
from services.notifier.adapters.api.endpoint import (
    LARGEST_BODY,
    READ_SECONDS,
    RETRY_AFTER,
    respond_json,
)
from services.notifier.domain.errors import LogLost
from services.notifier.domain.watch.pager_events import PagerAct, PagerEvent
from services.notifier.domain.watch.refusals import ActRefused
from services.refused_request import RefusedRequest
from services.request_body import read_body
from services.strict_json import InvalidJson, parse
from services.telemetry import logger

log = logger(__name__)

PATH = "/pagerduty/webhook"
SIGNATURE = "x-pagerduty-signature"
USERS = frozenset({"user", "user_reference"})
Word = Annotated[str, StringConstraints(max_length=255)]


class WebhookOutcome(Model):
    """Whether the event changed anything, or would have without an act that came first."""

    heeded: bool


class _Agent(Model):
    id: Word
    type: Word
    summary: Word | None = None


class _Incident(Model):
    incident_key: Word | None = None


class _Event(Model):
    event_type: Word
    occurred_at: Instant
    agent: _Agent | None = None
    data: _Incident


class _Envelope(Model):
    event: Annotated[dict[str, Any], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class PagerDutyWebhook:
    """Takes what PagerDuty signs with the secret; `handle` may block, and raises as WatchFloor."""

    secret: SecretStr
    handle: Callable[[PagerEvent], bool]

    async def respond(self, request: Request) -> Response:
        """200 for every event of PagerDuty's, also one that changes nothing; it repeats others."""
        try:
            event = read_event(await self._read_signed(request))
            heeded = event is not None and await run_in_threadpool(self._heed, event)
        except RefusedRequest as refused:
            return respond_json(refused.status, Refusal(error=str(refused)))
        except (LogLost, RedisError) as error:
            log.warning("an event of the pager has to wait", error=type(error).__name__)
            refusal = Refusal(error="nothing can be changed now: send it again in some seconds")
            return respond_json(HTTPStatus.SERVICE_UNAVAILABLE, refusal, RETRY_AFTER)
        return respond_json(HTTPStatus.OK, WebhookOutcome(heeded=heeded))

    def _heed(self, event: PagerEvent) -> bool:
        try:
            return self.handle(event)
        except ActRefused as refused:
            log.info("an event of the pager changes nothing", act=event.act, reason=str(refused))
            return False

    async def _read_signed(self, request: Request) -> bytes:
        given = ",".join(request.headers.getlist(SIGNATURE))
        if not given:
            raise RefusedRequest(HTTPStatus.UNAUTHORIZED, f"the header {SIGNATURE} is needed")
        body = await read_body(request, LARGEST_BODY, READ_SECONDS)
        if not is_signed(self.secret.get_secret_value(), body, given):
            message = f"{SIGNATURE} is not by VEDETTE_PAGERDUTY_WEBHOOK_SECRET"
            raise RefusedRequest(HTTPStatus.UNAUTHORIZED, message)
        return body


def add_pagerduty(app: FastAPI, webhook: PagerDutyWebhook) -> None:
    """Let the app answer PagerDuty; its own document is for other callers."""
    app.add_api_route(PATH, webhook.respond, methods=["POST"], include_in_schema=False)


def is_signed(secret: str, body: bytes, signatures: str) -> bool:
    """Whether one of the signatures (`v1=…,v1=…`) is by the secret; all are compared."""
    expected = f"v1={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}".encode()
    given = [each.strip().encode(errors="replace") for each in signatures.split(",")]
    return sum(hmac.compare_digest(expected, each) for each in given) > 0


def read_event(body: bytes) -> PagerEvent | None:
    """The act on an incident; None of an event that means nothing here.

    Raises RefusedRequest: 400.
    """
    try:
        told = _Envelope.model_validate(parse(body)).event
        if told.get("event_type") not in list(PagerAct) and isinstance(told.get("event_type"), str):
            return None
        return _build_event(_Event.model_validate(told))
    except InvalidJson as error:
        message = f"the body is not JSON: {error}"
        raise RefusedRequest(HTTPStatus.BAD_REQUEST, message) from None
    except ValidationError as error:
        raise RefusedRequest(HTTPStatus.BAD_REQUEST, _name_fault(error)) from None


def _build_event(told: _Event) -> PagerEvent | None:
    key, agent = told.data.incident_key, told.agent
    if key is None:
        return None
    is_user = agent is not None and agent.type in USERS
    return PagerEvent(
        PagerAct(told.event_type),
        key,
        told.occurred_at,
        agent.id if agent and is_user else None,
        agent.summary or "" if agent and is_user else "",
    )


def _name_fault(error: ValidationError) -> str:
    [fault, *_] = error.errors(include_url=False, include_context=False, include_input=False)
    return f"{'.'.join(map(str, fault['loc'])) or 'the body'}: {fault['msg']}"
