"""`vedette doctor` beside a whole stack: nothing is wrong, then one thing after the other."""

import subprocess
from contextlib import closing
from pathlib import Path

import pytest
import redis
from kafka import KafkaAdminClient

from schemas.topics import LEDGER, SIGNALS
from tests.parts.child import free_port
from tests.parts.command import run_vedette
from tests.parts.leader_rule import LEADER_APPOINTED
from tests.parts.pipeline import Pipeline, name_servers, write_pack
from tests.parts.redis_server import RedisNode
from tests.parts.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

SECONDS = 90.0


def test_the_doctor_names_each_fault_and_its_way_out(
    kafka: str, topics: str, own_redis: RedisNode, tmp_path: Path
) -> None:
    write_pack(tmp_path, LEADER_APPOINTED)
    servers = name_servers(kafka, topics, own_redis.url())
    with Pipeline(servers, tmp_path) as pipeline, closing(_admin(kafka)) as admin:
        until(lambda: _find_faults(servers, pipeline) == [], "nothing is wrong", SECONDS)

        _make_lax(own_redis)
        admin.delete_topics([topics + LEDGER])
        admin.create_partitions({topics + SIGNALS: 6})
        pipeline.ingest.kill()
        expected = (
            "appendfsync is everysec",
            f"{topics}ledger",
            "vedette topics create",
            "windows in 4 partitions, signals in 6",
            "vedette topics move-windows",
            "ingest",
        )
        until(lambda: _misses(_ask(servers, pipeline), expected) == [], "each is named", SECONDS)

        nowhere = servers | {"VEDETTE_KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{free_port()}"}
        away = _ask(nowhere, pipeline)
        unknown = _ask(servers | {"VEDETTE_KAFKA_SERVER": "x"}, pipeline)

    # what does not answer hides nothing else
    away_said = ("does not answer", "VEDETTE_KAFKA_BOOTSTRAP_SERVERS", "appendfsync is everysec")
    assert _misses(away, away_said) == []
    assert _misses(unknown, ("VEDETTE_KAFKA_SERVER",)) == []


def _make_lax(node: RedisNode) -> None:
    """It may lose what it acknowledged."""
    with closing(redis.Redis.from_url(node.url())) as client:
        client.config_set("appendfsync", "everysec")


def _admin(kafka: str) -> KafkaAdminClient:
    return KafkaAdminClient(bootstrap_servers=kafka)


def _ask(servers: dict[str, str], pipeline: Pipeline) -> subprocess.CompletedProcess[str]:
    addresses = [
        f"--service={name}={service.admin_url}"
        for name, service in (
            ("ingest", pipeline.ingest),
            ("matcher", pipeline.matcher),
            ("notifier", pipeline.notifier),
        )
    ]
    return run_vedette(servers, "doctor", *addresses)


def _find_faults(servers: dict[str, str], pipeline: Pipeline) -> list[str]:
    """The lines of faults; but for this machine's disk, which the test does not make."""
    asked = _ask(servers, pipeline)
    lines = [line for line in asked.stdout.splitlines() if line.startswith("FAULT")]
    assert asked.returncode == bool(lines), asked.stdout + asked.stderr
    return [line for line in lines if "disk of broker" not in line]


def _misses(asked: subprocess.CompletedProcess[str], expected: tuple[str, ...]) -> list[str]:
    """What it did not say, or that it did not fail."""
    missing = [words for words in expected if words not in asked.stdout]
    return missing if asked.returncode == 1 else [f"it ended with {asked.returncode}", *missing]
