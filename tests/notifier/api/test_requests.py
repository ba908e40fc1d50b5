"""Who is let in, what bodies may be, and the document that says so."""

import json
from typing import Any

import httpx
import pytest
from redis.exceptions import ConnectionError as RedisGone

from services.admin import make_admin_app
from services.notifier.adapters.api.endpoint import LARGEST_BODY
from services.notifier.adapters.api.rate_limit import CallLimiter
from services.notifier.domain.errors import LogLost
from services.refused_request import RefusedRequest
from services.telemetry import Health
from tests.notifier.alerts import alert
from tests.notifier.api.caller import PROXY, api, make_app
from tests.notifier.watch.stores import WatchRoom

SILENCE = {"matchers": ['level="high"'], "reason": "works", "duration": "2h"}


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({}, "a bearer token is needed"),
        ({"Authorization": "Bearer wrong"}, "unknown token"),
        ({"Authorization": "Bearer "}, "unknown token"),
        ({"Authorization": "Basic alice"}, "unknown token"),
        ({"X-Forwarded-User": "alice", "X-Forwarded-Groups": "vedette-admin"}, "is needed"),
    ],
    ids=["none", "an unknown one", "an empty one", "another scheme", "a header from anywhere"],
)
async def test_who_is_not_known_is_not_let_in(headers: dict[str, str], message: str) -> None:
    async with api(WatchRoom(), None) as client:
        answer = await client.get("/v1/alerts", headers=headers)

    assert (answer.status_code, message in answer.json()["error"]) == (401, True)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


async def test_a_trusted_proxy_names_the_user() -> None:
    headers = {"X-Forwarded-User": "eve", "X-Forwarded-Groups": "staff, vedette-analyst"}
    async with api(WatchRoom(), None, PROXY) as client:
        caller = (await client.get("/v1/me", headers=headers)).json()

    assert caller == {"name": "eve", "role": "analyst"}


PROXIED: dict[str, list[tuple[str, str]]] = {
    "two users": [
        ("X-Forwarded-User", "eve"),
        ("X-Forwarded-User", "alice"),
        ("X-Forwarded-Groups", "vedette-admin"),
    ],
    "no user": [("X-Forwarded-User", " "), ("X-Forwarded-Groups", "vedette-admin")],
    "no group of ours": [("X-Forwarded-User", "eve"), ("X-Forwarded-Groups", "staff")],
}


@pytest.mark.parametrize("headers", PROXIED.values(), ids=PROXIED.keys())
async def test_a_proxy_that_names_nobody_lets_nobody_in(headers: list[tuple[str, str]]) -> None:
    async with api(WatchRoom(), None, PROXY) as client:
        answer = await client.get("/v1/me", headers=headers)

    assert answer.status_code == 401


async def test_a_user_of_the_proxy_is_the_same_person_as_at_slack() -> None:
    headers = {"X-Forwarded-User": "alice", "X-Forwarded-Groups": "vedette-analyst"}
    critical = SILENCE | {"matchers": ['level="critical"']}
    room = WatchRoom()
    async with api(room) as client:
        await client.post("/v1/silences", json=critical)
    async with api(room, None, PROXY) as client:
        own = await client.post("/v1/silences/s1/approval", headers=headers)

    assert own.status_code == 403


async def test_a_viewer_may_read_and_change_nothing() -> None:
    room = WatchRoom()
    room.store(alert())
    async with api(room, "visitor") as client:
        read = await client.get("/v1/alerts/a1")
        answers = [
            await client.put("/v1/alerts/a1/acknowledgement", json={}),
            await client.put("/v1/alerts/a1/verdict", json={"verdict": "noise"}),
            await client.post("/v1/silences", json=SILENCE),
            await client.delete("/v1/silences/s1"),
        ]

    assert read.status_code == 200
    assert {answer.status_code for answer in answers} == {403}
    assert "needs the role analyst" in answers[0].json()["error"]


BODIES: dict[str, tuple[bytes, int, str]] = {
    "no JSON": (b"{", 400, "line 1"),
    "a key twice": (b'{"reason": "a", "reason": "b"}', 400, "is repeated"),
    "not a number": (b'{"reason": NaN}', 400, "NaN"),
    "not UTF-8": (b'{"reason": "\xff"}', 400, "not UTF-8"),
    "nested deeply": (b"[" * 60_000, 400, "nested too deeply"),
    "nothing": (b"", 400, "not JSON"),
    "no object": (b"[]", 422, ""),
    "too large": (b" " * (LARGEST_BODY + 1), 413, "more than 65536 bytes"),
}


@pytest.mark.parametrize(("body", "status", "message"), BODIES.values(), ids=BODIES.keys())
async def test_a_body_that_cannot_be_read_is_refused(
    body: bytes, status: int, message: str
) -> None:
    async with api(WatchRoom()) as client:
        answer = await client.post("/v1/silences", content=body)

    assert (answer.status_code, message in answer.json()["error"]) == (status, True)


async def test_a_body_is_not_read_before_its_sender_is_known() -> None:
    async def endless() -> Any:
        while True:
            yield b" " * 1024

    async with api(WatchRoom(), "wrong") as client:
        answer = await client.post("/v1/silences", content=endless())

    assert answer.status_code == 401


async def test_another_content_type_is_not_taken() -> None:
    async with api(WatchRoom()) as client:
        answer = await client.post(
            "/v1/silences", content=b"x", headers={"Content-Type": "text/csv"}
        )

    assert answer.status_code == 415


@pytest.mark.parametrize("fault", [LogLost("x"), RedisGone("redis://u:secret@h")])
async def test_a_store_that_fails_is_asked_again_and_tells_no_secret(fault: Exception) -> None:
    room = WatchRoom()
    room.silences.faults = [fault]

    async with api(room) as client:
        answer = await client.post("/v1/silences", json=SILENCE)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "secret" not in answer.text


async def test_what_is_echoed_is_ascii() -> None:
    room = WatchRoom()
    room.store(alert(summary="مليونية \u202e"))

    async with api(room) as client:
        answer = await client.get("/v1/alerts")

    assert answer.content.isascii()


async def test_the_document_describes_every_endpoint_by_itself() -> None:
    document = make_app(WatchRoom()).openapi()
    paths = {path: of for path, of in document["paths"].items() if path.startswith("/v1")}
    operations = [(path, *each) for path, of in paths.items() for each in of.items()]

    names = [operation["operationId"] for _, _, operation in operations]
    assert len(operations) == 20
    assert len(set(names)) == len(names)
    for path, method, operation in operations:
        assert operation["security"] == [{"token": []}], path
        assert {"401", "403", "422", "503"} <= operation["responses"].keys(), path
        assert ("409" in operation["responses"]) is (method != "get"), path
        placed = {each["name"] for each in operation["parameters"] if each["in"] == "path"}
        assert placed == ({"id"} if "{id}" in path else set()), path
    assert "token" in document["components"]["securitySchemes"]


def test_every_reference_of_the_document_leads_somewhere() -> None:
    document = make_app(WatchRoom()).openapi()

    written = json.dumps(document)
    names = {part.split('"')[0] for part in written.split('"#/components/schemas/')[1:]}
    assert "#/$defs" not in written
    assert names <= document["components"]["schemas"].keys()


async def test_the_document_is_served_at_the_admin_port_alone() -> None:
    transport = httpx.ASGITransport(make_admin_app(Health(), make_app(WatchRoom())))
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        answer = await client.get("/openapi.json")

    assert answer.json()["info"]["title"] == "Vedette notifier"
    async with api(WatchRoom()) as client:
        assert (await client.get("/openapi.json")).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/v1/x", 404), ("POST", "/v1/me", 405)]
)
async def test_a_path_that_there_is_not_is_refused_in_the_same_shape(
    method: str, path: str, status: int
) -> None:
    async with api(WatchRoom()) as client:
        answer = await client.request(method, path)

    assert (answer.status_code, "openapi.json" in answer.json()["error"]) == (status, True)


async def test_one_person_who_asks_too_much_waits_and_others_do_not() -> None:
    async with api(WatchRoom()) as client:
        answers = [await client.get("/v1/rules") for _ in range(3)]
        other = await client.get("/v1/rules", headers={"Authorization": "Bearer bob"})

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[-1].headers["Retry-After"]) <= 5
    assert other.status_code == 200


def test_what_was_asked_is_forgotten_with_time() -> None:
    times = iter([0.0, 0.0, 1.0])
    limiter = CallLimiter(lambda: next(times))
    limiter.charge("alice", 100)

    with pytest.raises(RefusedRequest):
        limiter.charge("alice", 10)
    limiter.charge("alice", 10)
