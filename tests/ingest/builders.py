"""What the tests of ingest are made of."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import httpx
from fastapi import FastAPI

from services.ingest.adapters.body import BodyReader
from services.ingest.adapters.http import Authenticator, events_route
from services.ingest.adapters.intake import Intake
from services.ingest.adapters.limits import Limiter
from services.ingest.adapters.openapi import DescribedApp
from services.ingest.adapters.tokens import Tokens
from services.ingest.domain.normalize import ReportContext, StoredEvent, normalize
from services.ingest.domain.reporter import Reporter
from services.ingest.domain.result import ReportResult
from tests.fakes import FakePublisher

NOON = datetime(2020, 1, 5, 12, tzinfo=UTC)
REUTERS = Reporter("reuters", owner="Thomson Reuters", reliability="B")
ANYBODY = Reporter(None)
TOKEN = "a token that is only used here"  # noqa: S105  (a test's own)


def digest(token: str) -> str:
    """What a token file has of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


TOKENS = Tokens({digest(TOKEN): REUTERS})


def report(**fields: Any) -> dict[str, Any]:
    return {"id": "r1", "text": "Rockets hit the base."} | fields


def context(reporter: Reporter = REUTERS, *, recorded: bool = False) -> ReportContext:
    return ReportContext(reporter, NOON, recorded)


def normalized(body: Any, at: ReportContext | None = None) -> StoredEvent:
    stored = normalize(body, at or context())
    assert isinstance(stored, StoredEvent), stored
    return stored


def errors_of(body: Any, at: ReportContext | None = None) -> dict[str, str]:
    """What is wrong with `body`, by field."""
    refused = normalize(body, at or context())
    assert isinstance(refused, ReportResult), refused
    return {error.field: error.message for error in refused.errors}


def app(publisher: FakePublisher, *, anybody: bool = False, read_seconds: float = 10) -> FastAPI:
    """The real route; the publisher is the only fake in it."""
    service = DescribedApp(redirect_slashes=False)
    tokens = Tokens({}) if anybody else TOKENS
    authenticator = Authenticator(lambda: tokens, is_open=anybody)
    service.include_router(
        events_route(
            Intake(publisher, lambda: NOON), authenticator, BodyReader(Limiter(), read_seconds)
        )
    )
    return service


def client(
    publisher: FakePublisher, *, anybody: bool = False, read_seconds: float = 10
) -> httpx.AsyncClient:
    """Speaks to the real route, and knows the token."""
    transport = httpx.ASGITransport(app(publisher, anybody=anybody, read_seconds=read_seconds))
    headers = {"authorization": f"Bearer {TOKEN}", "content-type": "application/json"}
    return httpx.AsyncClient(transport=transport, base_url="http://ingest", headers=headers)
