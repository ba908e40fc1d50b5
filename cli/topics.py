"""`vedette topics`: the topics of this release on a broker."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from kafka import KafkaAdminClient
from kafka.errors import KafkaError, NoError, TopicAlreadyExistsError

from cli.faults import CommandFailure
from cli.settings import kafka_settings
from schemas.topics import TOPICS, topic_name

CLIENT_MS = 10_000
PARTITIONS = 8
PARTITIONS_IN_ORDER = 1  # the recorded clock needs order

app = typer.Typer(help="The topics of this release on a broker.", no_args_is_help=True)


@app.callback()
def topics() -> None:
    """The topics of this release on a broker."""


@app.command()
def create(
    partitions: Annotated[
        int | None,
        typer.Option(min=1, help="Default 8; 1 with VEDETTE_CLOCK=recorded, which needs order."),
    ] = None,
    replication: Annotated[int, typer.Option(min=1, help="Copies of each partition.")] = 1,
) -> None:
    """Create the topics that are missing, and leave the others as they are.

    The broker is VEDETTE_KAFKA_BOOTSTRAP_SERVERS, the names begin with VEDETTE_TOPIC_PREFIX.
    """
    settings = kafka_settings()
    count = partitions or partitions_for(settings.clock)
    with admin(settings.kafka_bootstrap_servers) as client:
        for line in create_topics(client, wanted(settings.topic_prefix, count, replication)):
            typer.echo(line)


def partitions_for(clock: str) -> int:
    """How many partitions a topic gets by default."""
    return PARTITIONS_IN_ORDER if clock == "recorded" else PARTITIONS


@contextmanager
def admin(bootstrap_servers: str) -> Iterator[KafkaAdminClient]:
    """An admin client, closed at the end.

    Raises:
        CommandFailure: no broker answers there within 10 seconds, or it refuses what is asked.
    """
    try:
        client = KafkaAdminClient(
            bootstrap_servers=bootstrap_servers,
            bootstrap_timeout_ms=CLIENT_MS,
            request_timeout_ms=CLIENT_MS,
        )
    except (KafkaError, ValueError) as error:
        raise CommandFailure(f"Kafka at {bootstrap_servers}: {error}") from error
    try:
        yield client
    except KafkaError as error:
        raise CommandFailure(f"Kafka at {bootstrap_servers}: {error}") from error
    finally:
        client.close()


def wanted(prefix: str, partitions: int, replication: int) -> dict[str, dict[str, Any]]:
    """Every topic by full name, as the admin client asks for it."""
    return {
        topic_name(prefix, topic.name): {
            "num_partitions": partitions if topic.partitioned else 1,
            "replication_factor": replication,
            "configs": topic.config(),
        }
        for topic in TOPICS
    }


def create_topics(client: KafkaAdminClient, topics: Mapping[str, Any]) -> list[str]:
    """Create those that are missing; one line for each says what it is now.

    Raises:
        CommandFailure: naming each topic that the broker refuses to create, and why.
    """
    answer = client.create_topics(dict(topics), timeout_ms=CLIENT_MS, raise_errors=False)["topics"]
    if refused := _refusals(answer):
        raise CommandFailure(
            "; ".join(f"{', '.join(names)}: {why}" for why, names in refused.items())
        )
    client.wait_for_topics(list(topics), timeout_ms=CLIENT_MS)
    created = {topic["name"] for topic in answer if topic["error_code"] == NoError.errno}
    found = {topic["name"]: topic for topic in client.describe_topics(list(topics))}
    return [_line(found[name], created) for name in topics]


def _refusals(answer: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    refused: dict[str, list[str]] = {}
    for topic in answer:
        if topic["error_code"] not in (NoError.errno, TopicAlreadyExistsError.errno):
            why = topic["error_message"] or f"Kafka's error {topic['error_code']}"
            refused.setdefault(why, []).append(topic["name"])
    return refused


def _line(topic: Mapping[str, Any], created: Collection[str]) -> str:
    state = "created" if topic["name"] in created else "exists "
    partitions = len(topic["partitions"])
    return f"{state}  {topic['name']}  {partitions} partition{'' if partitions == 1 else 's'}"
