"""The route of hooks over sources that a test changes."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

import httpx
from fastapi import FastAPI

from schemas.event import Event
from services.ingest.adapters.body import BodyReader
from services.ingest.adapters.hooks import HookReceiver, hooks_route
from services.ingest.adapters.intake import Intake
from services.ingest.adapters.limits import Limiter
from services.ingest.adapters.sources.credentials import CredentialReader
from services.ingest.domain.sources.source_set import SourceSet
from tests.fakes import FakePublisher
from tests.ingest.builders import NOON
from tests.ingest.sources.builders import hook

SECRET = "only used here"  # noqa: S105  (a test's own)
DIGEST = hashlib.sha256(SECRET.encode()).hexdigest()
SECONDS = 1578225600.0
GENERIC = {"uses": "generic"}


@dataclass
class Hooks:
    """The real route over sources that a test changes."""

    fields: dict[str, Any] = field(default_factory=dict)
    mapping: dict[str, Any] = field(default_factory=lambda: dict(GENERIC))
    environment: dict[str, str] = field(default_factory=lambda: {"SOURCE_OLD": SECRET})
    publisher: FakePublisher = field(default_factory=FakePublisher)
    limiter: Limiter = field(default_factory=Limiter)

    def sources(self) -> SourceSet:
        fields = {"tokens": [DIGEST]} | self.fields
        return SourceSet.collect([hook(self.mapping, **fields)])

    async def post(self, body: object, id_: str = "src", **headers: str) -> httpx.Response:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        receiver = HookReceiver(
            self.sources,
            CredentialReader(self.environment),
            BodyReader(self.limiter),
            Intake(self.publisher, lambda: NOON),
            lambda: SECONDS,
        )
        service = FastAPI()
        service.include_router(hooks_route(receiver))
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        transport = httpx.ASGITransport(service)
        async with httpx.AsyncClient(transport=transport, base_url="http://ingest") as client:
            return await client.post(f"/v1/hooks/{id_}", content=raw, headers=named)

    def published(self) -> list[Event]:
        return [Event.model_validate_json(each.value) for each in self.publisher.published]


def bearer(secret: str = SECRET) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}
