from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from services.admin import make_admin_app
from services.ingest.adapters.sources.sources_follower import InvalidSources
from services.ingest.app.web import create_app
from services.ingest.settings import IngestSettings
from services.telemetry import Health
from services.token_file import InvalidTokens
from tests.ingest.builders import digest, report
from tests.parts.child import free_port
from tests.parts.waiting import until


def nowhere() -> IngestSettings:
    """Open to anybody, with Kafka where nothing listens."""
    return IngestSettings(ingest_open=True, kafka_bootstrap_servers=f"127.0.0.1:{free_port()}")


def test_it_lives_without_kafka_and_says_that_it_is_not_ready() -> None:
    health = Health()
    admin = TestClient(make_admin_app(health))
    with TestClient(create_app(nowhere(), health)) as ingest:
        alive, ready = admin.get("/healthz"), admin.get("/readyz")
        answer = ingest.post("/v1/events", json=report(source="anyone"))
        metrics = admin.get("/metrics").text

    assert alive.status_code == 200
    assert ready.status_code == 503
    assert set(ready.json()["faults"]) == {"kafka"}
    assert answer.status_code == 503
    assert "vedette_ingest_kafka_up 0.0" in metrics
    assert 'vedette_ingest_events_total{result="accepted"}' in metrics


def test_it_does_not_start_with_tokens_that_cannot_be_used(tmp_path: Path) -> None:
    settings = nowhere().model_copy(update={"ingest_tokens_file": tmp_path / "none.yaml"})

    with pytest.raises(InvalidTokens):
        create_app(settings, Health())


SOURCES = """
id: desk
kind: hook
mapping: {{uses: generic}}
tokens: [{digest}]
---
id: wire
kind: http
tokens: [{digest_of_wire}]
"""


def test_sources_of_the_folder_may_send_and_nobody_else_publishes_as_them(tmp_path: Path) -> None:
    text = SOURCES.format(digest=digest("desk"), digest_of_wire=digest("wire"))
    (tmp_path / "pushed.yaml").write_text(text)
    settings = nowhere().model_copy(update={"ingest_open": False, "sources_dir": tmp_path})

    with TestClient(create_app(settings, Health())) as ingest:
        statuses = [
            ingest.post(path, json=body, headers={"authorization": f"Bearer {token}"}).status_code
            for path, body, token in [
                ("/v1/hooks/desk", {"text": "x"}, "desk"),
                ("/v1/hooks/desk", {"text": "x"}, "wire"),
                ("/v1/events", {"text": "x"}, "wire"),
                ("/v1/events", {"text": "x", "source": "desk"}, "wire"),
                ("/v1/events", {"text": "x"}, "desk"),
            ]
        ]

    # 503: taken, but for Kafka
    assert statuses == [503, 401, 503, 422, 401]


def test_without_a_token_nobody_publishes_as_a_source(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("{id: blog, kind: feed, url: 'https://example.org/'}")
    settings = nowhere().model_copy(update={"sources_dir": tmp_path})

    with TestClient(create_app(settings, Health())) as ingest:
        refused = ingest.post("/v1/events", json=report(source="blog"))

    assert refused.status_code == 422
    assert "has a token" in refused.json()["error"]


def test_it_does_not_start_with_sources_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("id: a")

    with pytest.raises(InvalidSources, match=r"a\.yaml:1: kind"):
        create_app(nowhere().model_copy(update={"sources_dir": tmp_path}), Health())


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/docs", "/openapi.json"])
def test_the_public_port_has_the_api_alone(path: str) -> None:
    with TestClient(create_app(nowhere(), Health())) as ingest:
        assert ingest.get(path).status_code == 404


@pytest.mark.parametrize(("method", "path"), [("POST", "/v1/event"), ("GET", "/v1/events")])
def test_a_wrong_path_or_method_is_answered_in_the_shape_of_every_answer(
    method: str, path: str
) -> None:
    with TestClient(create_app(nowhere(), Health())) as ingest:
        answer = ingest.request(method, path)

    assert answer.status_code in {404, 405}
    assert answer.json().keys() == {"error", "results"}
    assert "POST /v1/events" in answer.json()["error"]


def test_a_token_is_rotated_without_a_restart(tmp_path: Path) -> None:
    tokens = tmp_path / "tokens.yaml"
    tokens.write_text(f"wire: {{sha256: {digest('old')}}}\n")
    health = Health()
    settings = nowhere().model_copy(update={"ingest_tokens_file": tokens, "ingest_open": False})
    with TestClient(create_app(settings, health)) as ingest:
        before = _post(ingest, "old"), _post(ingest, "new")
        tokens.write_text(f"wire: {{sha256: {digest('new')}, owner: wire-ltd}}\n")
        until(lambda: _post(ingest, "new") != 401, "the new token is known", 10.0)

        assert before == (503, 401)
        assert _post(ingest, "old") == 401


def _post(ingest: TestClient, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return ingest.post("/v1/events", json=report(), headers=headers).status_code
