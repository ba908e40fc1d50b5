import hashlib
import json
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.parts import topics as topic_parts
from tests.parts.kafka import KafkaNode
from tests.parts.pipeline import NO_LIMITS
from tests.parts.processes import Service
from tests.parts.topics import TopicMessage
from tests.parts.waiting import until

pytestmark = pytest.mark.integration

TOKEN = "a token of forty-two characters, never used"  # noqa: S105  (a test's own)
TOKENS = f"""
reuters:
  token_sha256: {hashlib.sha256(TOKEN.encode()).hexdigest()}
  owner: Thomson Reuters
  reliability: B
"""
PARTITIONS = 4
EVENT = {"id": "r1", "text": "Rockets hit the base.", "occurred_at": "2020-01-05T10:00:00Z"}


@pytest.fixture
def ingest(kafka: str, topics: str, tmp_path: Path) -> Iterator[Service]:
    with Service("ingest", variables(kafka, topics, tmp_path), tmp_path) as service:
        service.wait_ready()
        yield service


def variables(bootstrap: str, prefix: str, folder: Path) -> dict[str, str]:
    tokens = folder / "tokens.yaml"
    tokens.write_text(TOKENS)
    return NO_LIMITS | {
        "VEDETTE_KAFKA_BOOTSTRAP_SERVERS": bootstrap,
        "VEDETTE_TOPIC_PREFIX": prefix,
        "VEDETTE_INGEST_TOKENS_FILE": str(tokens),
    }


def post(service: Service, content: object, **headers: str) -> httpx.Response:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    sent = {"authorization": f"Bearer {TOKEN}", "content-type": "application/json"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.post(f"{service.url}/v1/events", content=raw, headers=sent, timeout=30)


def statuses(response: httpx.Response) -> list[str]:
    return [result["status"] for result in response.json()["results"]]


def stored(bootstrap: str, prefix: str) -> list[TopicMessage]:
    return topic_parts.read_all(bootstrap, f"{prefix}events")


def bodies(message: TopicMessage) -> list[dict[str, Any]]:
    value = json.loads(message.value or b"")
    return value if isinstance(value, list) else [value]


def header(message: TopicMessage, name: str) -> str:
    return message.headers[name].decode()


def test_one_event_is_a_keyed_cloudevent_with_the_owner_of_its_token(
    ingest: Service, kafka: str, topics: str
) -> None:
    response = post(ingest, EVENT)

    [message] = stored(kafka, topics)
    [event] = bodies(message)
    assert response.status_code == 202
    assert response.json()["results"] == [
        {"id": "r1", "source": "reuters", "status": "accepted", "errors": []}
    ]
    assert message.key == b"reuters r1"
    assert header(message, "ce_type") == "vedette.event"
    assert header(message, "ce_id") == "r1"
    assert header(message, "ce_source") == "reuters"
    assert header(message, "ce_time") == "2020-01-05T10:00:00+00:00"
    assert header(message, "ce_recordedtime").replace("+00:00", "Z") == event["recorded_at"]
    assert event["source_owner"] == "Thomson Reuters"
    assert event["reliability"] == "B"


def test_events_of_one_request_become_a_batch_for_each_partition(
    ingest: Service, kafka: str, topics: str
) -> None:
    together = [EVENT | {"id": f"r{number}"} for number in range(100)]

    response = post(ingest, together)

    batches = stored(kafka, topics)
    by_default = partitions_by_kafkas_partitioner(kafka, topics, together)
    assert statuses(response) == ["accepted"] * 100
    assert len(batches) == len({batch.partition for batch in batches}) == PARTITIONS
    assert {batch.key for batch in batches} == {None}
    assert {header(batch, "ce_type") for batch in batches} == {"vedette.events.bundle"}
    assert len({header(batch, "ce_id") for batch in batches}) == PARTITIONS
    for batch in batches:
        keys = [f"reuters {event['id']}".encode() for event in bodies(batch)]
        assert {by_default[key] for key in keys} == {batch.partition}


def partitions_by_kafkas_partitioner(
    bootstrap: str, prefix: str, events: list[dict[str, str]]
) -> dict[bytes | None, int | None]:
    other = f"{prefix}ledger"
    keyed = [TopicMessage(b"{}", f"reuters {event['id']}".encode()) for event in events]
    topic_parts.produce(bootstrap, other, keyed)
    return {message.key: message.partition for message in topic_parts.read_all(bootstrap, other)}


FORMS: dict[str, tuple[object, dict[str, str]]] = {
    "an array": ([EVENT], {}),
    "NDJSON": (
        json.dumps(EVENT).encode() + b"\n",
        {"content_type": "application/x-ndjson"},
    ),
    "a structured CloudEvent": (
        {"specversion": "1.0", "id": "r1", "source": "reuters", "type": "t", "data": EVENT},
        {"content_type": "application/cloudevents+json; charset=utf-8"},
    ),
    "a batch of CloudEvents": (
        [{"specversion": "1.0", "id": "r1", "source": "reuters", "type": "t", "data": EVENT}],
        {"content_type": "application/cloudevents-batch+json"},
    ),
    "a binary CloudEvent": (
        EVENT,
        {"ce_specversion": "1.0", "ce_id": "r1", "ce_source": "reuters", "ce_type": "t"},
    ),
}


def test_every_form_of_a_report_becomes_the_same_event(
    ingest: Service, kafka: str, topics: str
) -> None:
    answers = [post(ingest, content, **headers) for content, headers in FORMS.values()]

    messages = stored(kafka, topics)
    events = [bodies(message)[0] for message in messages]
    assert [answer.status_code for answer in answers] == [202] * len(FORMS)
    assert {message.key for message in messages} == {b"reuters r1"}
    assert len({json.dumps(event | {"recorded_at": ""}) for event in events}) == 1


def test_a_refused_report_reaches_no_topic_and_the_others_do(
    ingest: Service, kafka: str, topics: str
) -> None:
    malformed = post(ingest, b'{"id": "m1", "text": }')
    oversized = post(ingest, EVENT | {"text": "x" * 2**20})
    unknown = post(ingest, EVENT, authorization="Bearer nobody's")
    mixed = post(ingest, [EVENT, {"id": "bad", "lat": 91, "text": "x"}, EVENT | {"id": "r2"}])

    kept = {event["id"] for message in stored(kafka, topics) for event in bodies(message)}
    assert malformed.status_code == 400
    assert malformed.json()["error"] == "line 1 column 22: Expecting value"
    assert oversized.status_code == 413
    assert unknown.status_code == 401
    assert mixed.status_code == 202
    assert statuses(mixed) == ["accepted", "refused", "accepted"]
    assert mixed.json()["results"][1]["errors"][0]["field"] == "lat"
    assert kept == {"r1", "r2"}


def test_the_order_of_one_source_is_kept(ingest: Service, kafka: str, topics: str) -> None:
    versions = [EVENT | {"id": f"v{number}", "supersedes": "r1"} for number in range(150)]

    for start in range(0, 150, 50):
        post(ingest, versions[start : start + 50])

    messages = stored(kafka, topics)
    assert len({message.partition for message in messages}) == 1
    order = [event["id"] for message in messages for event in bodies(message)]
    assert order == [version["id"] for version in versions]


def test_it_starts_without_kafka_and_becomes_ready_when_kafka_comes(
    own_kafka: KafkaNode, topic_prefix: str, tmp_path: Path
) -> None:
    topic_parts.create(own_kafka.bootstrap, topic_prefix)
    own_kafka.stop()

    with Service("ingest", variables(own_kafka.bootstrap, topic_prefix, tmp_path), tmp_path) as up:
        until(lambda: alive(up), "ingest serves")
        early, ready_early = post(up, EVENT), up.ready()
        own_kafka.start()
        up.wait_ready()
        late = post(up, EVENT)

    assert not ready_early
    assert early.status_code == 503
    assert early.headers["retry-after"] == "5"
    assert statuses(early) == ["unacknowledged"]
    assert late.status_code == 202
    assert len(stored(own_kafka.bootstrap, topic_prefix)) == 1


def alive(service: Service) -> bool:
    service.check()
    try:
        return httpx.get(f"{service.admin_url}/healthz", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


KafkaAct = Callable[[KafkaNode], object]
FAULTS: dict[str, tuple[KafkaAct, KafkaAct]] = {
    "killed": (KafkaNode.kill, KafkaNode.start),
    "stopped": (KafkaNode.stop, KafkaNode.start),
    "frozen": (KafkaNode.freeze, KafkaNode.thaw),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_accepted_events_are_in_kafka_after_it_was_down(
    fault: str, own_kafka: KafkaNode, topic_prefix: str, tmp_path: Path
) -> None:
    topic_parts.create(own_kafka.bootstrap, topic_prefix)
    inject, end = FAULTS[fault]

    with Service("ingest", variables(own_kafka.bootstrap, topic_prefix, tmp_path), tmp_path) as up:
        up.wait_ready()
        before = post(up, EVENT | {"id": "before"})
        inject(own_kafka)
        during = post(up, EVENT | {"id": "during"})
        until(lambda: not up.ready(), "ingest says that Kafka is away")
        at_once = post(up, EVENT | {"id": "at once"})
        end(own_kafka)
        up.wait_ready()
        after = [post(up, EVENT | {"id": f"after {number}"}) for number in range(20)]

    assert before.status_code == 202
    assert during.status_code == at_once.status_code == 503
    assert during.headers["retry-after"] == "5"
    assert [answer.status_code for answer in after] == [202] * 20
    messages = stored(own_kafka.bootstrap, topic_prefix)
    ids = {event["id"] for message in messages for event in bodies(message)}
    assert ids >= {"before", *(f"after {number}" for number in range(20))}
    assert "at once" not in ids


def test_sigterm_finishes_requests_in_flight_and_exits_0(
    own_kafka: KafkaNode, topic_prefix: str, tmp_path: Path
) -> None:
    topic_parts.create(own_kafka.bootstrap, topic_prefix)

    with (
        Service("ingest", variables(own_kafka.bootstrap, topic_prefix, tmp_path), tmp_path) as up,
        ThreadPoolExecutor() as pool,
    ):
        up.wait_ready()
        own_kafka.freeze()
        waiting = pool.submit(post, up, EVENT)
        until(lambda: "pending_bytes 0.0" not in up.metrics(), "the event is on its way")
        os.kill(up.pid, signal.SIGTERM)
        own_kafka.thaw()
        answer, code = waiting.result(30), up.wait(30)

    assert code == 0
    assert answer.status_code == 202
    assert len(stored(own_kafka.bootstrap, topic_prefix)) == 1


def test_without_tokens_it_refuses_to_start_and_names_the_variable(tmp_path: Path) -> None:
    with Service("ingest", {}, tmp_path) as service:
        code = service.wait(30)

    assert code == 2
    assert "VEDETTE_INGEST_TOKENS_FILE" in service.text()
    assert len(service.text().splitlines()) == 1
