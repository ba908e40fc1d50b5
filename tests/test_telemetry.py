"""What the services share of logging."""

import logging
import socket

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from prometheus_client import REGISTRY, CollectorRegistry, Histogram

from services.telemetry import (
    CannotListen,
    Health,
    RepeatFilter,
    health_app,
    health_routes,
    listen,
)
from tests.fakes import SteppedClock


def logged(message: str, *filled: object, name: str = "aiokafka.client") -> logging.LogRecord:
    return logging.LogRecord(name, logging.ERROR, __file__, 1, message, filled, None)


def test_a_message_of_a_library_passes_once_in_ten_seconds() -> None:
    clock = SteppedClock()
    passes = RepeatFilter("aiokafka", clock=clock)

    first, again = (passes.filter(logged("no node %d", node)) for node in (1, 2))
    other = passes.filter(logged("no leader"))
    clock.now = 10.0
    later = passes.filter(logged("no node %d", 1))

    assert (first, again, other, later) == (True, False, True, True)


def test_messages_of_others_always_pass() -> None:
    passes = RepeatFilter("aiokafka", clock=SteppedClock())

    assert all(passes.filter(logged("crashed", name="services.matcher")) for _ in range(3))


def test_messages_that_differ_in_numbers_alone_are_one_message() -> None:
    passes = RepeatFilter("kafka", clock=SteppedClock())

    waits = (f"not ready; waiting {seconds} secs" for seconds in (0.08, 0.11))

    assert [passes.filter(logged(each, name="kafka.net")) for each in waits] == [True, False]


def test_a_port_that_is_taken_is_an_error_of_the_start() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        config = uvicorn.Config(health_app(Health()), "127.0.0.1", port)

        with pytest.raises(CannotListen, match=f"127.0.0.1:{port}: Address already in use"):
            listen(config)


def find_fault(check: str) -> float | None:
    return REGISTRY.get_sample_value("vedette_health_fault", {"check": check})


def test_each_check_is_a_series_from_the_start_and_is_asked_at_every_scrape() -> None:
    faults = {"of-this-test": "the disk is full"}
    health = Health()
    health.add("of-this-test", lambda: faults.get("of-this-test"))
    before = find_fault("of-this-test")
    app = TestClient(health_app(health))

    failing = app.get("/metrics").text
    faults.clear()
    mended = app.get("/metrics").text

    assert before == 0.0
    assert 'vedette_health_fault{check="of-this-test"} 1.0' in failing
    assert 'vedette_health_fault{check="of-this-test"} 0.0' in mended


@pytest.fixture
def scraped() -> TestClient:
    registry, app = CollectorRegistry(), FastAPI()
    latency = Histogram("latency_seconds", "Of alerts.", registry=registry)
    app.include_router(health_routes(Health(), registry))
    latency.observe(0.2, {"alert": "a-1"})
    return TestClient(app)


def test_a_scraper_of_openmetrics_gets_exemplars(scraped: TestClient) -> None:
    answer = scraped.get("/metrics", headers={"accept": "application/openmetrics-text"})

    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert '# {alert="a-1"} 0.2' in answer.text


def test_no_series_says_when_another_began(scraped: TestClient) -> None:
    assert "_created" not in scraped.get("/metrics").text
