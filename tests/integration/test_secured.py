"""Kafka with users, passwords, TLS and ACLs, and a Redis with a user and TLS."""

import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from kafka import KafkaAdminClient
from kafka.admin import ACL, ACLOperation, ACLPermissionType, ResourcePattern, ResourceType

from tests.parts import topics
from tests.parts.child import ROOT, free_port
from tests.parts.command import run_vedette
from tests.parts.kafka import KafkaNode
from tests.parts.leader_rule import LEADER_APPOINTED
from tests.parts.pipeline import Pipeline, write_pack
from tests.parts.processes import Service
from tests.parts.redis_server import RedisNode
from tests.parts.tls import Certificate, SaslListener, make_certificate
from tests.parts.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]

PREFIX = "vedette."
SECONDS_TO_TELL = 5.0
ACLS: dict[str, dict[str, dict[str, list[str]]]] = yaml.safe_load(
    (ROOT / "deploy" / "kafka" / "acls.yaml").read_text(encoding="utf-8")
)
KINDS = {"topics": ResourceType.TOPIC, "groups": ResourceType.GROUP}


@dataclass(frozen=True)
class SecuredSite:
    """A Kafka and a Redis that admit users alone, and the variables that name them."""

    kafka: KafkaNode
    sasl: SaslListener
    redis: RedisNode
    certificate: Certificate
    folder: Path

    def variables(self, user: str, **changes: str) -> dict[str, str]:
        """Those of one service; the secrets stand in files."""
        password = self.folder / f"{user}-password"
        password.write_text(self.sasl.passwords[user] + "\n")
        url = self.folder / "redis-url"
        url.write_text(self.redis.url())
        return {
            "VEDETTE_KAFKA_BOOTSTRAP_SERVERS": self.sasl.bootstrap,
            "VEDETTE_KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
            "VEDETTE_KAFKA_SASL_MECHANISM": "SCRAM-SHA-512",
            "VEDETTE_KAFKA_SASL_USERNAME": user,
            "VEDETTE_KAFKA_SASL_PASSWORD_FILE": str(password),
            "VEDETTE_KAFKA_CA_FILE": str(self.certificate.certificate),
            "VEDETTE_REDIS_URL_FILE": str(url),
        } | changes

    def run_command(self, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
        """`vedette …` as the user `operator`."""
        return run_vedette(self.variables("operator", **changes), *arguments)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredSite]:
    folder = tmp_path_factory.mktemp("secured")
    certificate = make_certificate(folder / "tls")
    sasl = SaslListener(free_port(), certificate, {user: f"{user}-secret" for user in ACLS})
    with _start_kafka(sasl) as kafka, _start_redis(certificate) as redis:
        topics.create(kafka.bootstrap, PREFIX, partitions=1)
        _allow(kafka.bootstrap)
        yield SecuredSite(kafka, sasl, redis, certificate, folder)


@contextmanager
def _start_kafka(sasl: SaslListener) -> Iterator[KafkaNode]:
    node = KafkaNode.create(sasl)
    try:
        yield node.start()
    finally:
        node.close()


@contextmanager
def _start_redis(certificate: Certificate) -> Iterator[RedisNode]:
    node = RedisNode.create_secured(certificate, "notifier", "r-secret")
    try:
        yield node.start()
    finally:
        node.close()


def _allow(bootstrap: str) -> None:
    with closing(KafkaAdminClient(bootstrap_servers=bootstrap)) as admin:
        admin.create_acls(list(_list_acls()))


def _list_acls() -> Iterator[ACL]:
    for user, allowed in ACLS.items():
        for kind, names in allowed.items():
            for name, operations in names.items():
                for operation in operations:
                    yield ACL(
                        principal=f"User:{user}",
                        host="*",
                        operation=ACLOperation[operation],
                        permission_type=ACLPermissionType.ALLOW,
                        resource_pattern=ResourcePattern(KINDS[kind], name),
                    )


def test_a_report_becomes_a_message_with_the_documented_acls(
    site: SecuredSite, tmp_path: Path
) -> None:
    write_pack(tmp_path, LEADER_APPOINTED)
    own = {name: site.variables(name) for name in ("ingest", "matcher", "notifier")}

    with Pipeline({}, tmp_path, own=own) as pipeline:
        answer = pipeline.post({"id": "a-1", "title": "Council appoints a leader"})
        until(lambda: pipeline.slack.messages, "a message in Slack")

        assert answer.status_code == 202
        until(lambda: _is_told(site), "the ledger tells it")
        assert topics.read_all(site.kafka.bootstrap, f"{PREFIX}dead-letters") == []


def _is_told(site: SecuredSite) -> bool:
    lines = topics.read_all(site.kafka.bootstrap, f"{PREFIX}ledger")
    return any(b"notified" in (line.value or b"") for line in lines)


@pytest.mark.parametrize(
    ("changes", "remedy"),
    [
        ({"VEDETTE_KAFKA_SASL_USERNAME": "nobody"}, "VEDETTE_KAFKA_SASL_USERNAME"),
        ({"VEDETTE_KAFKA_CA_FILE": ""}, "VEDETTE_KAFKA_CA_FILE"),
        ({"VEDETTE_KAFKA_SASL_MECHANISM": "PLAIN"}, "VEDETTE_KAFKA_SASL_MECHANISM"),
    ],
)
def test_a_command_tells_within_five_seconds_why_kafka_refuses_it(
    site: SecuredSite, changes: Mapping[str, str], remedy: str
) -> None:
    started = time.monotonic()
    refused = site.run_command("topics", "create", **changes)

    assert refused.returncode == 2
    assert "refuses us" in refused.stderr
    assert remedy in refused.stderr
    # the rest is for a busy machine; Kafka's clients try for minutes
    assert time.monotonic() - started < SECONDS_TO_TELL + 60


def test_every_service_tells_within_five_seconds_that_its_password_is_wrong(
    site: SecuredSite, tmp_path: Path
) -> None:
    wrong = {"VEDETTE_KAFKA_SASL_USERNAME": "nobody", "VEDETTE_INGEST_OPEN": "true"}
    names = ("ingest", "matcher", "notifier")
    services = [Service(name, site.variables(name, **wrong), tmp_path) for name in names]

    with services[0], services[1], services[2]:
        for service in services:
            _wait_for_refusal(service)

    for service in services:
        assert "user nobody or its password is wrong" in _read(service)
        assert "-secret" not in _read(service)


def _wait_for_refusal(service: Service) -> None:
    until(lambda: "refuses us" in _read(service), f"{service.name} tells it", 15.0)


def _read(service: Service) -> str:
    return service.log.read_text(encoding="utf-8")


def test_a_wrong_password_of_redis_is_told_where_probes_ask(
    site: SecuredSite, tmp_path: Path
) -> None:
    variables = site.variables("notifier")
    url = tmp_path / "redis-url"
    url.write_text(site.redis.url().replace(":r-secret@", ":wrong@"))

    with Service("notifier", variables | {"VEDETTE_REDIS_URL_FILE": str(url)}, tmp_path) as up:
        until(lambda: "VEDETTE_REDIS_URL" in up.readiness(), "readyz names it", 15.0)

    assert "wrong@" not in _read(up)
