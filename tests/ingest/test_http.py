import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from prometheus_client import REGISTRY

from schemas.event import LARGEST_REQUEST
from services.connections import BoundedConfig, Bounds
from services.ingest.domain.decoding import MOST_REPORTS
from services.ingest.domain.limits import CONNECTIONS
from services.telemetry import listen
from tests.fakes import FakePublisher
from tests.ingest.builders import TOKEN, app, client, report
from tests.parts.child import free_port
from tests.parts.waiting import until

URL = "/v1/events"


async def posted(content: object, publisher: FakePublisher | None = None) -> httpx.Response:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    async with client(publisher or FakePublisher()) as ingest:
        return await ingest.post(URL, content=raw)


def results(response: httpx.Response) -> list[dict[str, Any]]:
    parsed: list[dict[str, Any]] = response.json()["results"]
    return parsed


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0


async def test_202_has_the_result_of_each_report_in_order() -> None:
    publisher = FakePublisher()

    response = await posted([report(id="a"), report(id="b", lat=91), report(id="c")], publisher)

    assert response.status_code == 202
    assert [result["id"] for result in results(response)] == ["a", "b", "c"]
    assert [r["status"] for r in results(response)] == ["accepted", "refused", "accepted"]
    assert [error["field"] for error in results(response)[1]["errors"]] == ["lat"]
    assert sum(len(message.positions) for message in publisher.published) == 2


async def test_422_names_the_field_when_every_report_is_refused() -> None:
    response = await posted([report(lat=91), 5])

    assert response.status_code == 422
    assert response.json()["error"].startswith("lat: ")
    assert results(response)[1]["errors"][0]["message"].endswith("not a number")


async def test_400_names_where_the_json_breaks() -> None:
    response = await posted(b'{"id": "r1",\n "text": }')

    assert response.status_code == 400
    assert response.json() == {"error": "line 2 column 10: Expecting value", "results": []}


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer wrong", "Basic eDp5", "Bearer  "], ids=lambda text: text or "no"
)
async def test_401_without_a_known_token(given: str) -> None:
    async with client(FakePublisher()) as ingest:
        response = await ingest.post(URL, json=report(), headers={"authorization": given})

    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith("Bearer")


async def test_where_ingest_is_open_the_source_is_the_bodys() -> None:
    async with client(FakePublisher(), anybody=True) as ingest:
        del ingest.headers["authorization"]
        named = await ingest.post(URL, json=report(source="anyone"))
        nameless = await ingest.post(URL, json=report())

    assert results(named)[0]["source"] == "anyone"
    assert nameless.status_code == 422
    assert nameless.json()["error"].startswith("source: ")


async def test_413_for_a_body_that_says_it_is_too_long() -> None:
    response = await posted(b" " * (LARGEST_REQUEST + 1))

    assert response.status_code == 413


async def test_413_for_a_body_that_turns_out_too_long() -> None:
    async def without_end() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 65536

    async with client(FakePublisher()) as ingest:
        response = await asyncio.wait_for(ingest.post(URL, content=without_end()), 10)

    assert response.status_code == 413


async def test_408_for_a_body_that_does_not_come() -> None:
    async def never() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    async with client(FakePublisher(), read_seconds=0.1) as ingest:
        response = await asyncio.wait_for(ingest.post(URL, content=never()), 10)

    assert response.status_code == 408


def test_413_reaches_who_is_still_sending() -> None:
    port = free_port()
    listener = listen(BoundedConfig(app(FakePublisher()), "127.0.0.1", port, Bounds(CONNECTIONS)))
    try:
        with socket.create_connection(("127.0.0.1", reached(port)), timeout=10) as connection:
            head = f"POST {URL} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n"
            connection.sendall(f"{head}Content-Length: {8 * 2**20}\r\n\r\n".encode())
            connection.sendall(b" " * 8 * 2**20)
            answer = connection.recv(4096)
    finally:
        listener.stop()

    assert answer.startswith(b"HTTP/1.1 413")


def reached(port: int) -> int:
    def answers() -> bool:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return True
        return False

    until(answers, "the listener listens")
    return port


async def test_a_body_of_exactly_the_bound_is_read() -> None:
    assert (await posted(json.dumps(report()).encode().ljust(LARGEST_REQUEST))).status_code == 202


async def test_413_for_more_reports_than_are_taken_at_once() -> None:
    assert (await posted([0] * MOST_REPORTS)).status_code == 422
    assert (await posted([0] * (MOST_REPORTS + 1))).status_code == 413


async def test_415_names_what_is_taken() -> None:
    async with client(FakePublisher()) as ingest:
        response = await ingest.post(URL, content=b"x", headers={"content-type": "text/plain"})

    assert response.status_code == 415
    assert "application/x-ndjson" in response.json()["error"]


async def test_503_with_retry_after_while_kafka_is_away() -> None:
    response = await posted(report(), FakePublisher(away=True))

    assert response.status_code == 503
    assert int(response.headers["retry-after"]) > 0
    assert results(response)[0]["status"] == "unacknowledged"


async def test_503_claims_nothing_that_was_not_acknowledged() -> None:
    reports = [report(id=f"r{number}") for number in range(8)]

    response = await posted([*reports, 5], FakePublisher(deaf=frozenset({0})))

    outcomes = [result["status"] for result in results(response)]
    assert response.status_code == 503
    assert set(outcomes) == {"accepted", "unacknowledged", "refused"}
    assert "send it again" in response.json()["error"]


async def test_what_is_refused_is_answered_without_kafka() -> None:
    assert (await posted(report(lat=91), FakePublisher(away=True))).status_code == 422


async def test_an_empty_array_is_taken_for_what_it_is() -> None:
    response = await posted([])

    assert response.status_code == 202
    assert response.json() == {"error": None, "results": []}


async def test_half_a_surrogate_pair_is_refused_and_can_be_answered() -> None:
    response = await posted(b'{"id": "\\ud800", "text": "\\ud800", "\\udfff": 1}')

    assert response.status_code == 422


async def test_reports_and_requests_are_counted() -> None:
    events = counted("vedette_ingest_events_total", result="refused")
    requests = counted("vedette_ingest_requests_total", status="202")

    await posted([report(), report(lat=91)])

    assert counted("vedette_ingest_events_total", result="refused") == events + 1
    assert counted("vedette_ingest_requests_total", status="202") == requests + 1


async def test_the_api_document_names_every_answer() -> None:
    document = app(FakePublisher()).openapi()

    described = document["paths"][URL]["post"]
    assert set(described["responses"]) >= {"202", "400", "401", "413", "415", "422", "503"}
    assert "application/cloudevents-batch+json" in described["requestBody"]["content"]


@pytest.mark.parametrize("strict", ["true", "1", "True", ""])
async def test_a_strict_request_is_taken_as_a_whole_or_not_at_all(strict: str) -> None:
    publisher = FakePublisher()
    async with client(publisher) as ingest:
        mixed = await ingest.post(f"{URL}?strict={strict}", json=[report(), report(lat=91)])
        whole = await ingest.post(f"{URL}?strict={strict}", json=[report(id="a"), report(id="b")])

    assert mixed.status_code == 422
    assert mixed.json()["error"].startswith("lat: ")
    assert [result["status"] for result in results(mixed)] == ["skipped", "refused"]
    assert whole.status_code == 202
    assert sum(len(message.positions) for message in publisher.published) == 2


async def test_a_request_that_is_not_strict_takes_what_it_can() -> None:
    async with client(FakePublisher()) as ingest:
        response = await ingest.post(f"{URL}?strict=false", json=[report(), report(lat=91)])

    assert response.status_code == 202
    assert [result["status"] for result in results(response)] == ["accepted", "refused"]


async def test_a_mistyped_strict_is_refused_and_not_taken_as_its_absence() -> None:
    publisher = FakePublisher()

    async with client(publisher) as ingest:
        response = await ingest.post(f"{URL}?stric=true", json=[report(), report(lat=91)])

    assert response.status_code == 400
    assert response.json()["error"].startswith("stric: there is no such parameter")
    assert publisher.published == []


async def test_a_strictness_that_is_no_truth_value_is_refused() -> None:
    async with client(FakePublisher()) as ingest:
        response = await ingest.post(f"{URL}?strict=maybe", json=report())

    assert response.status_code == 400
    assert response.json()["error"].startswith("strict: ")


async def test_an_attribute_in_two_headers_is_refused_by_its_name() -> None:
    headers = [("ce-specversion", "1.0"), ("ce-id", "a"), ("ce-id", "b")]
    async with client(FakePublisher()) as ingest:
        response = await ingest.post(URL, json=report(), headers=headers)

    assert response.status_code == 400
    assert response.json()["error"].startswith("ce-id: ")


async def test_null_is_as_good_as_absent() -> None:
    fields = {"title": None, "lat": None, "actors": None, "quantities": {"rockets": None}}
    publisher = FakePublisher()

    first = await posted({"text": "x"} | fields, publisher)
    second = await posted({"text": "x"}, publisher)

    assert results(first)[0]["id"] == results(second)[0]["id"]
    assert publisher.published[0].value == publisher.published[1].value
