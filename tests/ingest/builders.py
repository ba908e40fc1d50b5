"""What the tests of ingest are made of."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import httpx
from fastapi import FastAPI

from services.ingest.adapters.http import Authenticator, events_route
from services.ingest.adapters.intake import Intake
from services.ingest.adapters.tokens import Tokens
from services.ingest.domain.normalize import ReportContext, StoredEvent, normalize
from services.ingest.domain.refusal import Refusal
from services.ingest.domain.reporter import Reporter
from tests.fakes import FakePublisher

NOON = datetime(2020, 1, 5, 12, tzinfo=UTC)
REUTERS = Reporter("reuters", owner="Thomson Reuters", reliability="B")
TOKEN = "a token that is only used here"  # noqa: S105  (a test's own)
TOKENS = Tokens({hashlib.sha256(TOKEN.encode()).hexdigest(): REUTERS})


def report(**fields: Any) -> dict[str, Any]:
    return {"id": "r1", "text": "Rockets hit the base."} | fields


def arrival(identity: Reporter | None = REUTERS, *, recorded: bool = False) -> ReportContext:
    return ReportContext(identity, NOON, recorded)


def taken(body: Any, came: ReportContext | None = None) -> StoredEvent:
    answer = normalize(body, came or arrival())
    assert isinstance(answer, StoredEvent), answer
    return answer


def faults(body: Any, came: ReportContext | None = None) -> dict[str, str]:
    """What is wrong with `body`, by field."""
    answer = normalize(body, came or arrival())
    assert isinstance(answer, Refusal), answer
    return {fault.field: fault.message for fault in answer.faults}


def app(publisher: FakePublisher, *, anybody: bool = False, read_seconds: float = 10) -> FastAPI:
    """The real route; the publisher is the only fake in it."""
    made = FastAPI()
    door = Authenticator(None if anybody else TOKENS.identity_of, open=anybody)
    made.include_router(events_route(Intake(publisher, lambda: NOON), door, read_seconds))
    return made


def client(
    publisher: FakePublisher, *, anybody: bool = False, read_seconds: float = 10
) -> httpx.AsyncClient:
    """Speaks to the real route, and knows the token."""
    transport = httpx.ASGITransport(app(publisher, anybody=anybody, read_seconds=read_seconds))
    known = {"authorization": f"Bearer {TOKEN}", "content-type": "application/json"}
    return httpx.AsyncClient(transport=transport, base_url="http://ingest", headers=known)
