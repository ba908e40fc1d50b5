"""The admin port, and what the log says of requests without a token."""

import json
import logging
from collections.abc import Iterator
from http import HTTPStatus
from threading import Thread

import pytest
from fastapi import FastAPI, Response
from fastapi.testclient import TestClient
from structlog.testing import capture_logs

from services.admin import make_admin_app
from services.admission import Admission
from services.telemetry import Health, configure_logging, logger, read_level, set_level
from services.unauthorized import UnauthorizedLog


@pytest.fixture(autouse=True)
def _same_logging() -> Iterator[None]:
    handlers, level = logging.getLogger().handlers[:], read_level()
    yield
    logging.getLogger().handlers[:] = handlers
    set_level(level)


def test_the_level_of_the_log_changes_while_the_service_runs() -> None:
    admin = TestClient(make_admin_app(Health()))

    changed = admin.put("/log-level", params={"level": "DEBUG"})

    assert (changed.json(), logging.getLogger("kafka").level) == (
        {"level": "DEBUG"},
        logging.DEBUG,
    )
    assert admin.get("/log-level").json() == {"level": "DEBUG"}
    assert admin.put("/log-level", params={"level": "loud"}).status_code == 422


def test_the_description_of_the_api_is_there_and_its_paths_are_not() -> None:
    api = FastAPI(title="Some API")
    api.add_api_route("/v1/things", lambda: "")

    admin = TestClient(make_admin_app(Health(), api))

    assert "/v1/things" in admin.get("/openapi.json").json()["paths"]
    assert "Some API" in admin.get("/docs").text
    assert admin.get("/v1/things").status_code == 404


def test_every_line_names_the_service_also_of_threads_libraries_and_debug(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging("ingest", "DEBUG")
    thread = Thread(target=lambda: logger("a.module").debug("ours", alert="a1"))
    thread.start()
    thread.join()
    logging.getLogger("a.library").debug("theirs")

    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["service"], line["event"]) for line in lines] == [
        ("ingest", "ours"),
        ("ingest", "theirs"),
    ]


def test_requests_without_a_token_are_in_the_log_without_what_was_sent() -> None:
    api = FastAPI()
    api.add_api_route("/v1/events", lambda: Response(status_code=HTTPStatus.UNAUTHORIZED))
    clock = iter([0.0, 0.1, 0.2, 1.5])
    log = UnauthorizedLog(clock=lambda: next(clock))
    client = TestClient(Admission(api, 5, unauthorized=log))

    with capture_logs() as lines:
        for _ in range(4):
            client.get("/v1/events", headers={"Authorization": "Bearer hunter2"})

    assert [(line["event"], line["path"], line["more"]) for line in lines] == [
        ("unauthorized", "/v1/events", 0),
        ("unauthorized", "/v1/events", 2),
    ]
    assert "hunter2" not in str(lines)
