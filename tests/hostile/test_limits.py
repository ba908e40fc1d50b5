"""A token sends what its limit allows, and is told when it may send more."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client import REGISTRY

from services.ingest.adapters.body import MOST_BODIES, BodyReader
from services.ingest.adapters.http import Authenticator, events_route
from services.ingest.adapters.intake import Intake
from services.ingest.adapters.limits import Limiter
from services.ingest.adapters.tokens import Tokens
from services.ingest.domain.reporter import Reporter
from tests.fakes import FakePublisher
from tests.ingest.builders import NOON, digest, report
from tests.parts.waiting import until_in_loop

KIB = 1024
EVIL = "evil"
TOKENS = Tokens({digest(name): Reporter(name) for name in ("evil", "genuine")})


@dataclass
class Ingest:
    """The real route on a clock that the test moves; 10 reports and 10 KiB a second."""

    seconds: float = 0.0
    publisher: FakePublisher = field(default_factory=FakePublisher)

    def __post_init__(self) -> None:
        limiter = Limiter(10, 10 * KIB, lambda: self.seconds)
        self.service = FastAPI()
        self.service.include_router(
            events_route(
                Intake(self.publisher, lambda: NOON),
                Authenticator(lambda: TOKENS, is_open=True),
                BodyReader(limiter),
            )
        )

    async def post(self, count: int, token: str | None = EVIL, **fields: Any) -> httpx.Response:
        reports = [report(id=f"r{number}", **fields) for number in range(count)]
        headers = {"authorization": f"Bearer {token}"} if token else {}
        transport = httpx.ASGITransport(self.service)
        async with httpx.AsyncClient(transport=transport, base_url="http://ingest") as client:
            return await client.post("/v1/events", json=reports, headers=headers)


async def test_past_a_burst_of_one_second_a_token_is_asked_to_wait() -> None:
    ingest = Ingest()
    answers = [await ingest.post(2) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [202] * 5 + [429]
    assert answers[-1].headers["Retry-After"] == "1"
    assert answers[-1].json()["error"].startswith("over the limit")


async def test_after_the_wait_the_same_request_is_taken() -> None:
    ingest = Ingest()
    await ingest.post(9)
    wait = int((await ingest.post(10)).headers["Retry-After"])
    ingest.seconds += wait

    assert wait == 1
    assert (await ingest.post(10)).status_code == 202
    assert (await ingest.post(2)).status_code == 429


async def test_bytes_have_a_limit_too() -> None:
    ingest = Ingest()
    answers = [await ingest.post(1, text="x" * 4 * KIB) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [202, 202, 429, 429]
    assert answers[-1].headers["Retry-After"] == "1"


@pytest.mark.parametrize(("count", "size"), [(200, 1), (1, 60 * KIB)], ids=["reports", "bytes"])
async def test_a_request_above_the_burst_is_taken_once_all_is_saved_up(
    count: int, size: int
) -> None:
    ingest = Ingest()
    assert (await ingest.post(count, text="x" * size)).status_code == 202

    # how many reports a body has is known only when it is read: two waits may be needed
    answers = []
    for _ in range(3):
        answers.append(await ingest.post(count, text="x" * size))
        ingest.seconds += int(answers[-1].headers.get("Retry-After", 0))

    assert answers[0].status_code == 429
    assert 202 in [answer.status_code for answer in answers]


async def test_a_token_at_its_limit_does_not_limit_another() -> None:
    ingest = Ingest()
    await ingest.post(51)

    assert (await ingest.post(1, "evil")).status_code == 429
    assert (await ingest.post(1, "genuine")).status_code == 202


async def test_all_without_a_token_share_one_limit() -> None:
    ingest = Ingest()
    await ingest.post(51, None, source="a")

    assert (await ingest.post(1, None, source="b")).status_code == 429
    assert (await ingest.post(1, "genuine")).status_code == 202


async def test_what_is_refused_counts_as_sent() -> None:
    ingest = Ingest()
    await ingest.post(51, lat=91)

    assert (await ingest.post(1)).status_code == 429


async def test_a_metric_names_the_token() -> None:
    def count() -> float:
        labels = {"source": "evil"}
        return REGISTRY.get_sample_value("vedette_ingest_limited_total", labels) or 0.0

    ingest, before = Ingest(), count()
    await ingest.post(51)
    await ingest.post(1)

    assert count() == before + 1


async def test_a_body_that_is_refused_is_not_read() -> None:
    ingest = Ingest()
    await ingest.post(51)
    transport = httpx.ASGITransport(ingest.service)
    read = []

    async def body() -> Any:
        read.append(b"[")
        yield b"["

    async with httpx.AsyncClient(transport=transport, base_url="http://ingest") as client:
        headers = {"authorization": "Bearer evil"}
        answer = await client.post("/v1/events", content=body(), headers=headers)

    assert answer.status_code == 429
    assert read == []


async def test_a_body_of_unknown_size_is_charged_what_it_has() -> None:
    ingest = Ingest()

    async def body() -> Any:
        yield b'{"text": "Rockets hit the base."}'

    transport = httpx.ASGITransport(ingest.service)
    async with httpx.AsyncClient(transport=transport, base_url="http://ingest") as client:
        headers = {"authorization": "Bearer evil", "content-type": "application/json"}
        first = await client.post("/v1/events", content=body(), headers=headers)
    second = await ingest.post(1, text="x" * 9 * KIB)

    assert (first.status_code, second.status_code) == (202, 202)


async def test_bodies_that_do_not_come_leave_room_for_other_tokens() -> None:
    ingest, end, begun = Ingest(), asyncio.Event(), list[None]()

    async def body() -> Any:
        begun.append(None)
        await end.wait()
        yield b"x"

    async def post_slowly() -> httpx.Response:
        transport = httpx.ASGITransport(ingest.service)
        async with httpx.AsyncClient(transport=transport, base_url="http://ingest") as client:
            headers = {"authorization": "Bearer evil", "content-length": "1"}
            return await client.post("/v1/events", content=body(), headers=headers)

    slow = [asyncio.create_task(post_slowly()) for _ in range(MOST_BODIES)]
    await until_in_loop(lambda: len(begun) == MOST_BODIES, "all bodies are waited for")

    assert (await ingest.post(1, "evil")).status_code == 429
    assert (await ingest.post(1, "genuine")).status_code == 202
    end.set()
    await asyncio.gather(*slow)
    assert (await ingest.post(1, "evil")).status_code == 202
