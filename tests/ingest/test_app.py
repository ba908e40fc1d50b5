from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from services.ingest.app.web import create_app
from services.ingest.settings import IngestSettings
from services.token_file import InvalidTokens
from tests.ingest.builders import report
from tests.parts.child import free_port


def nowhere() -> IngestSettings:
    """Open to anybody, with Kafka where nothing listens."""
    return IngestSettings(ingest_open=True, kafka_bootstrap_servers=f"127.0.0.1:{free_port()}")


def test_it_lives_without_kafka_and_says_that_it_is_not_ready() -> None:
    with TestClient(create_app(nowhere())) as ingest:
        alive, ready = ingest.get("/healthz"), ingest.get("/readyz")
        answer = ingest.post("/v1/events", json=report(source="anyone"))
        metrics = ingest.get("/metrics").text

    assert alive.status_code == 200
    assert ready.status_code == 503
    assert set(ready.json()["faults"]) == {"kafka"}
    assert answer.status_code == 503
    assert "vedette_ingest_kafka_up 0.0" in metrics
    assert 'vedette_ingest_events_total{result="accepted"}' in metrics


def test_it_does_not_start_with_tokens_that_cannot_be_used(tmp_path: Path) -> None:
    settings = nowhere().model_copy(update={"ingest_tokens_file": tmp_path / "none.yaml"})

    with pytest.raises(InvalidTokens):
        create_app(settings)
