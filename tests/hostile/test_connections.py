"""Connections of slow, silent and many clients end, and health is answered meanwhile."""

import contextlib
import json
import resource
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from services.admission import Admission
from services.connections import (
    FOR_HEALTH,
    SPARE_CONNECTIONS,
    BoundedConfig,
    Bounds,
    fit_connections,
)
from services.ingest.app.web import create_app
from services.ingest.domain.limits import CONNECTIONS
from services.ingest.settings import IngestSettings
from services.telemetry import Health, Listener, health_app, listen
from tests.fakes import FakePublisher
from tests.ingest.builders import TOKEN, app, report
from tests.parts.child import free_port
from tests.parts.processes import Service
from tests.parts.waiting import until

HALF_HEADER = b"POST /v1/events HTTP/1.1\r\nHost: ingest\r\nX-"
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: ingest\r\n\r\n"
NO_SUCH_PATH = b"GET /none HTTP/1.1\r\nHost: ingest\r\n\r\n"
BODY = json.dumps(report()).encode()
HEADER = (
    f"POST /v1/events HTTP/1.1\r\nHost: ingest\r\nAuthorization: Bearer {TOKEN}\r\n"
    f"Content-Type: application/json\r\nContent-Length: {len(BODY)}\r\n"
).encode()
POST = HEADER + b"\r\n" + BODY
QUICK = Bounds(connections=8, header_seconds=1, idle_seconds=5)
DRIPPED = 20.0
"""Seconds in which a client that drips keeps a connection whose time it prolongs."""
MANY = QUICK.connections + SPARE_CONNECTIONS
PATIENT = Bounds(connections=8, header_seconds=30)


@contextlib.contextmanager
def serve(bounds: Bounds) -> Iterator[int]:
    """The port of the real route, on a real server."""
    service: FastAPI = app(FakePublisher())
    port = free_port()
    server = uvicorn.Server(
        BoundedConfig(Admission(service, bounds.connections), "127.0.0.1", port, bounds)
    )
    listener = Listener(server, Thread(target=server.run, daemon=True))
    listener.thread.start()
    until(lambda: server.started, "the server listens")
    yield port
    listener.stop()


@contextlib.contextmanager
def serve_health() -> Iterator[int]:
    """The admin port of any service."""
    port = free_port()
    listener = listen(BoundedConfig(health_app(Health()), "127.0.0.1", port, FOR_HEALTH))
    until(lambda: listener.server.started, "the server listens")
    yield port
    listener.stop()


@contextlib.contextmanager
def connect(port: int, count: int, sent: bytes) -> Iterator[list[socket.socket]]:
    """So many connections on which `sent` was sent."""
    with contextlib.ExitStack() as connections:
        opened = []
        for _ in range(count):
            connection = connections.enter_context(socket.create_connection(("127.0.0.1", port)))
            connection.settimeout(5)
            connection.sendall(sent)
            opened.append(connection)
        yield opened


def is_closed(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        return not connection.recv(65536)
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


def ask(port: int, request: bytes = HEALTH) -> bytes:
    """The first bytes of the answer."""
    with connect(port, 1, request) as (connection,):
        return connection.recv(65536)


@pytest.mark.parametrize("sent", [b"", HALF_HEADER], ids=["silent", "half a header"])
def test_a_client_without_a_header_is_closed_in_time(sent: bytes) -> None:
    with serve(QUICK) as port, connect(port, 5, sent) as connections:
        until(lambda: all(map(is_closed, connections)), "all are closed", 3)


def test_the_health_of_any_service_answers_while_silent_clients_hold_its_port() -> None:
    silent = FOR_HEALTH.connections + SPARE_CONNECTIONS + 50
    with serve_health() as port, connect(port, silent, HALF_HEADER) as connections:
        assert ask(port).startswith(b"HTTP/1.1 200 ")
        assert sum(map(is_closed, connections)) >= 50


def drip(connection: socket.socket) -> float:
    """Seconds in which bytes are sent until it is closed, or for DRIPPED."""
    started = time.monotonic()
    with contextlib.suppress(ConnectionError):
        while time.monotonic() - started < DRIPPED and not is_closed(connection):
            connection.send(b"x")
            time.sleep(0.05)
    return time.monotonic() - started


def test_bytes_of_a_header_do_not_prolong_its_time() -> None:
    with serve(QUICK) as port, connect(port, 1, HALF_HEADER) as (connection,):
        assert drip(connection) < DRIPPED


def test_bytes_of_a_body_that_is_answered_already_do_not_either() -> None:
    unknown = HEADER.replace(TOKEN.encode(), b"unknown").replace(b"%d\r\n" % len(BODY), b"9999\r\n")
    with serve(QUICK) as port, connect(port, 1, unknown + b"\r\n") as (connection,):
        assert b" 401 " in connection.recv(65536)
        assert drip(connection) < DRIPPED


def test_between_requests_a_client_may_be_idle_for_longer() -> None:
    with serve(QUICK) as port, connect(port, 1, POST) as (connection,):
        assert b" 202 " in connection.recv(65536)
        time.sleep(2 * QUICK.header_seconds)
        connection.setblocking(True)
        connection.sendall(POST)

        assert b" 202 " in connection.recv(65536)
        until(lambda: is_closed(connection), "it is closed in the end", 10)


def test_idle_clients_have_more_than_a_minute() -> None:
    assert (
        BoundedConfig(app(FakePublisher()), "127.0.0.1", 1, Bounds(CONNECTIONS)).timeout_keep_alive
        == 75
    )


@pytest.mark.parametrize(
    "sent", [b"", HALF_HEADER, HEADER + b"\r\n"], ids=["silent", "half a header", "no body"]
)
def test_many_connections_leave_room_for_others(sent: bytes) -> None:
    with serve(PATIENT) as port, connect(port, 2 * MANY, sent) as connections:
        assert b" 404 " in ask(port, NO_SUCH_PATH) or sent.startswith(HEADER)
        assert b" 202 " in ask(port, POST) or sent.startswith(HEADER)
        until(lambda: sum(map(is_closed, connections)) >= MANY, "the oldest are closed", 3)


def test_while_too_many_reports_are_in_hand_more_are_refused() -> None:
    with serve(PATIENT) as port, connect(port, PATIENT.connections, HEADER + b"\r\n"):
        until(lambda: b" 503 " in ask(port, POST), "reports are refused", 3)
        refused = ask(port, POST).lower()

        assert b"connection: close" in refused
        assert b"retry-after: 5" in refused


def test_a_body_with_two_lengths_is_refused_and_the_connection_closed() -> None:
    smuggled = HEADER + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HEALTH
    with serve(PATIENT) as port, connect(port, 1, smuggled) as (connection,):
        answers = b""
        while received := connection.recv(65536):
            answers += received

    assert answers.startswith(b"HTTP/1.1 400 ")
    assert answers.count(b"HTTP/1.1") == 1


async def test_a_path_with_a_slash_at_its_end_is_not_redirected() -> None:
    transport = httpx.ASGITransport(create_app(IngestSettings(ingest_open=True), Health()))
    async with httpx.AsyncClient(transport=transport, base_url="http://evil.example") as client:
        answer = await client.post("/v1/events/", content=BODY)

    assert answer.status_code == 404


def test_connections_leave_files_for_everything_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resource.getrlimit", lambda _: (1024, 1024))

    assert fit_connections(512) == 512
    assert 1 <= fit_connections(1024) <= 1024 - 256


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone limits another process")
def test_more_connections_than_files_do_not_make_a_process_deaf(tmp_path: Path) -> None:
    files = 450
    with Service("ingest", {"VEDETTE_INGEST_OPEN": "true"}, tmp_path) as ingest:
        resource.prlimit(ingest.pid, resource.RLIMIT_NOFILE, (files, files))
        until(lambda: is_listening(ingest.port), "ingest listens", 60)
        with connect(ingest.port, files + 50, HALF_HEADER):
            assert ask(ingest.port, NO_SUCH_PATH).startswith(b"HTTP/1.1 404 ")
            assert ask(ingest.admin_port).startswith(b"HTTP/1.1 200 ")


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
