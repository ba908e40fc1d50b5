"""A real Kafka for the tests: a running one, one in Docker, or a process of Maven's jars."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import docker
from docker.errors import DockerException
from kafka import KafkaAdminClient
from kafka.errors import KafkaError
from testcontainers.core.container import DockerContainer

from tests.parts.child import ROOT, ChildProcess, free_port
from tests.parts.tls import SaslListener
from tests.parts.waiting import until

VERSION = "4.3.1"
JARS = ROOT / ".cache" / "kafka" / "libs"
LOGS = ROOT / ".cache" / "logs"
OPTIONS = ("-Xms256m", "-Xmx768m", "-XX:+UseSerialGC", "-Dorg.slf4j.simpleLogger.showDateTime=true")

SETTINGS = {
    "auto.create.topics.enable": "false",
    "group.initial.rebalance.delay.ms": "0",
    "offsets.topic.num.partitions": "1",
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.num.partitions": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
}
REPLICATED = {"offsets.topic.replication.factor": "2"}


class NoKafka(Exception):
    """There is no way to a Kafka here; the message says what to run."""


def is_up(bootstrap: str) -> bool:
    """Whether a broker answers there; blocks 2 seconds at most."""
    host, port = bootstrap.rsplit(":", 1)
    # the client leaves its sockets open where nothing listens
    with suppress(KafkaError, OSError):
        socket.create_connection((host, int(port)), timeout=2).close()
        admin = KafkaAdminClient(
            bootstrap_servers=bootstrap, bootstrap_timeout_ms=2000, request_timeout_ms=2000
        )
        with closing(admin):
            return bool(admin.describe_cluster()["brokers"])
    return False


@dataclass
class KafkaNode:
    """Apache Kafka as one KRaft process on loopback, from the jars of `make kafka`.

    Its directory and port stay the same over `stop`, `kill` and `start`, so acknowledged messages
    survive. `close` ends it and deletes the directory, and the log too unless `keep_log`.
    """

    directory: Path
    port: int
    child: ChildProcess
    controller: int = 0

    @classmethod
    def create_pair(cls) -> tuple[Self, Self]:
        """Two brokers of one cluster, whose only controller the first one is."""
        first = cls._create(REPLICATED)
        return first, cls._create(REPLICATED | _name_second(first.controller))

    @classmethod
    def create(cls, sasl: SaslListener | None = None) -> Self:
        """A formatted node that is not started yet, with a listener for users if one is given."""
        return cls._create({}, sasl)

    @classmethod
    def _create(cls, changes: Mapping[str, str], sasl: SaslListener | None = None) -> Self:
        if not any(JARS.glob("kafka_*.jar")):
            raise NoKafka("Apache Kafka's jars are missing: run `make kafka`")
        directory = Path(tempfile.mkdtemp(prefix="vedette-kafka-"))
        port, controller = free_port(), free_port()
        settings = directory / "server.properties"
        settings.write_text(_properties(directory / "data", port, controller, sasl, changes))
        _format(settings, [] if sasl is None else sasl.format_options())
        LOGS.mkdir(parents=True, exist_ok=True)
        log = LOGS / f"kafka-{os.getpid()}-{port}.log"
        child = ChildProcess(_java("kafka.Kafka", str(settings)), log)
        return cls(directory, port, child, controller)

    @property
    def bootstrap(self) -> str:
        """What clients connect to."""
        return f"127.0.0.1:{self.port}"

    def start(self, timeout: float = 60.0) -> Self:
        """Start it; returns when it answers."""
        self.child.start()
        until(self._answers, "Kafka answers", timeout)
        return self

    def stop(self) -> None:
        """SIGTERM, as an orderly shutdown; returns when it is gone."""
        self.child.terminate(60.0)

    def kill(self) -> None:
        """SIGKILL."""
        self.child.kill()

    def freeze(self) -> None:
        """SIGSTOP: connections stay open, nothing is answered."""
        self.child.freeze()

    def thaw(self) -> None:
        """SIGCONT."""
        self.child.thaw()

    def close(self, *, keep_log: bool = False) -> None:
        """End it and delete its data."""
        self.child.kill()
        shutil.rmtree(self.directory, ignore_errors=True)
        if not keep_log:
            self.child.log.unlink(missing_ok=True)

    def _answers(self) -> bool:
        self.child.check()
        return is_up(self.bootstrap)


def _java(main: str, *arguments: str) -> list[str]:
    java = shutil.which("java")
    if java is None:
        raise NoKafka("java is missing: run `make kafka`")
    return [java, *OPTIONS, "-cp", f"{JARS}/*", main, *arguments]


def _format(settings: Path, options: list[str]) -> None:
    cluster = "dmVkZXR0ZS10ZXN0cy0wMQ"
    command = _java(
        "kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(settings), *options
    )
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603  (our own command)
    if done.returncode:
        raise NoKafka(f"the storage could not be formatted: {done.stdout}{done.stderr}")


def _properties(
    data: Path, port: int, controller: int, sasl: SaslListener | None, changes: Mapping[str, str]
) -> str:
    node = {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@127.0.0.1:{controller}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port}",
        "log.dirs": str(data),
        # the default buffer alone would take a sixth of the heap
        "log.cleaner.dedupe.buffer.size": str(16 * 1024 * 1024),
        # compaction is looked at more often than every 15 seconds, so that tests can see it
        "log.cleaner.backoff.ms": "500",
    }
    if sasl is not None:
        node |= sasl.settings(node["listeners"], node["advertised.listeners"])
    settings = node | SETTINGS | dict(changes)
    if settings["process.roles"] == "broker":
        settings["listeners"] = node["advertised.listeners"]
    return "".join(f"{name}={value}\n" for name, value in settings.items())


def _name_second(controller: int) -> dict[str, str]:
    return {
        "process.roles": "broker",
        "node.id": "2",
        "controller.quorum.voters": f"1@127.0.0.1:{controller}",
    }


@contextmanager
def in_docker() -> Iterator[str]:
    """Apache Kafka's own image by testcontainers; yields the bootstrap servers."""
    port = free_port()
    container = DockerContainer(f"apache/kafka:{VERSION}").with_bind_ports(9092, port)
    for name, value in _docker_settings(port).items():
        container.with_env("KAFKA_" + name.upper().replace(".", "_"), value)
    with container:
        bootstrap = f"{container.get_container_host_ip()}:{port}"
        until(lambda: is_up(bootstrap), "Kafka answers in Docker", 120.0)
        yield bootstrap


def _docker_settings(port: int) -> dict[str, str]:
    # the image drops its defaults as soon as one setting is given, so all are given
    return SETTINGS | {
        "node.id": "1",
        "process.roles": "broker,controller",
        "controller.quorum.voters": "1@localhost:9093",
        "controller.listener.names": "CONTROLLER",
        "listeners": "PLAINTEXT://:9092,CONTROLLER://:9093",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "advertised.listeners": f"PLAINTEXT://localhost:{port}",
    }


def is_docker_up() -> bool:
    """Whether a Docker engine can be used here."""
    host = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    # as above: the client leaves a socket open
    with suppress(DockerException, OSError):
        if host.startswith("unix://"):
            with socket.socket(socket.AF_UNIX) as probe:
                probe.connect(host.removeprefix("unix://"))
        with closing(docker.from_env(timeout=5)) as client:
            return bool(client.ping())
    return False
