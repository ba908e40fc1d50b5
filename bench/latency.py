"""From an accepted report to its Slack message, at a fixed rate, beside one bare hop through Kafka.

Both clocks are this process's: the stand-in for Slack runs in it. A report's time runs from just
before its request is sent (`sent`) and from its 202 (`accepted`).
"""

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic

from bench.material import SENTINEL, write_pack
from bench.report import percentiles
from tests.parts import topics as parts
from tests.parts.pipeline import TOKEN, Pipeline, name_servers
from tests.parts.waiting import until

ALERT_EVERY = 10
RULES = 100
WARM_UP_SECONDS = 3.0
"""Of the load, before what is measured: the first report after ready has a line of its own."""


@dataclass(frozen=True, slots=True)
class SteadyLoad:
    """How many reports a second, one in ten of them an alert, and for how long."""

    rate: float
    seconds: float

    @property
    def warm_up(self) -> int:
        """How many reports come before those that are measured."""
        return int(self.rate * min(WARM_UP_SECONDS, self.seconds / 2))

    def times(self) -> Iterator[int]:
        """The number of each report, at its time; a late one follows at once."""
        start = time.monotonic()
        for number in range(int(self.rate * self.seconds)):
            time.sleep(max(0.0, start + number / self.rate - time.monotonic()))
            yield number


def measure(
    kafka: str, redis_url: str, folder: Path, load: SteadyLoad
) -> dict[str, dict[str, float]]:
    """Milliseconds at p50, p95 and p99: one round, the bare hop first."""
    hop = _hop(kafka, load)
    first, sent, accepted = _pipeline(kafka, redis_url, folder, load)
    return {
        "one hop through Kafka": percentiles(hop),
        "report sent to Slack message": percentiles(sent),
        "202 to Slack message": percentiles(accepted),
        "first report after ready, to Slack": percentiles([first] * 2),
    }


def _hop(kafka: str, load: SteadyLoad) -> list[float]:
    topic = f"bench-hop-{uuid4().hex[:8]}"
    with closing(KafkaAdminClient(bootstrap_servers=kafka)) as admin:
        admin.create_topics([NewTopic(topic, 1, 1)], wait_for_metadata=True)
    with (
        closing(KafkaProducer(bootstrap_servers=kafka, acks="all", linger_ms=0)) as producer,
        closing(KafkaConsumer(bootstrap_servers=kafka, fetch_max_wait_ms=100)) as consumer,
    ):
        consumer.assign([TopicPartition(topic, 0)])
        consumer.seek_to_beginning()
        hops = [_one_hop(producer, consumer, topic) for _ in load.times()]
    return hops[load.warm_up :]


def _one_hop(producer: KafkaProducer, consumer: KafkaConsumer, topic: str) -> float:
    start = time.time()
    producer.send(topic, b"x" * 300)
    until(lambda: consumer.poll(timeout_ms=1000), "a message comes through Kafka")
    return time.time() - start


def _pipeline(
    kafka: str, redis_url: str, folder: Path, load: SteadyLoad
) -> tuple[float, list[float], list[float]]:
    prefix = parts.create(kafka, f"bench-{uuid4().hex[:8]}.")
    folder.mkdir()
    write_pack(folder, RULES)
    with Pipeline(name_servers(kafka, prefix, redis_url), folder) as pipeline:
        posted = dict(_post_reports(pipeline, load))
        until(lambda: len(_read_arrivals(pipeline)) >= len(posted), "every alert is in Slack", 60.0)
        arrived = _read_arrivals(pipeline)
    labels = sorted(posted)
    sent = [arrived[label] - posted[label][0] for label in labels]
    accepted = [arrived[label] - posted[label][1] for label in labels]
    steady = load.warm_up // ALERT_EVERY
    return sent[0], sent[steady:], accepted[steady:]


def _post_reports(
    pipeline: Pipeline, load: SteadyLoad
) -> Iterator[tuple[str, tuple[float, float]]]:
    """Post the load; when each alerting report was sent and accepted, by its label."""
    headers = {"authorization": f"Bearer {TOKEN}"}
    with httpx.Client(base_url=pipeline.ingest.url, headers=headers, timeout=30) as client:
        for number in load.times():
            label, start = f"label-{number:06}", time.time()
            words = f"{SENTINEL} {label}" if number % ALERT_EVERY == 0 else f"nothing {label}"
            client.post("/v1/events", json={"source": "wire", "text": words}).raise_for_status()
            if number % ALERT_EVERY == 0:
                yield label, (start, time.time())


def _read_arrivals(pipeline: Pipeline) -> dict[str, float]:
    """When the first message about each label arrived."""
    arrivals: dict[str, float] = {}
    for call in pipeline.slack.called("chat.postMessage"):
        text = str(call.body.get("text", "")) + str(call.body.get("blocks", ""))
        if "label-" in text:
            arrivals.setdefault(text[text.index("label-") :][:12], call.at)
    return arrivals
