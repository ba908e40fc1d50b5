"""`vedette topics`: the topics of this release on a broker."""

from collections.abc import Collection, Iterable, Mapping
from typing import Annotated, Any, ClassVar

import typer
from kafka import KafkaAdminClient
from kafka.errors import NoError, TopicAlreadyExistsError

from cli.admin import CLIENT_MS, open_admin
from cli.faults import CommandFailure
from cli.lazy_commands import LazyGroup, MakeCommand, make_function_command
from cli.output import print_line
from cli.settings import kafka_settings
from cli.topic_differences import IN_SYNC, Given, find_differences
from schemas.topics import TOPICS, topic_name
from services.counts import format_count

PARTITIONS = 8
PARTITIONS_IN_ORDER = 1  # the recorded clock needs order


class TopicsCommands(LazyGroup):
    """To create topics takes no engine: `vedette up` does."""

    lazy: ClassVar[Mapping[str, MakeCommand]] = {
        "move-windows": make_function_command("cli.move_windows", "move_windows"),
    }


app = typer.Typer(
    cls=TopicsCommands,
    help="Create the topics of this release; move windows.",
    no_args_is_help=True,
)


@app.callback()
def topics() -> None:
    """Create the topics of this release, and move windows where signals has more partitions."""


@app.command()
def create(
    partitions: Annotated[
        int | None,
        typer.Option(min=1, help="Default 8; 1 with VEDETTE_CLOCK=recorded, which needs order."),
    ] = None,
    replication: Annotated[
        int | None, typer.Option(min=1, help="Replicas of each partition; default 1.")
    ] = None,
    min_insync: Annotated[
        int | None,
        typer.Option(min=1, help="Replicas that acknowledge; default one fewer, at least 1."),
    ] = None,
) -> None:
    """Create the topics that are missing; others are not changed.

    It fails where one that exists differs in settings, or from a number that is given here. The
    broker is VEDETTE_KAFKA_BOOTSTRAP_SERVERS, the names begin with VEDETTE_TOPIC_PREFIX.
    """
    settings = kafka_settings()
    count = partitions or default_partitions(settings.clock)
    requests = topic_requests(settings.topic_prefix, count, replication or 1, min_insync)
    with open_admin(settings.kafka) as client:
        for line in create_topics(client, requests):
            print_line(line)
        given = Given(partitions is not None, replication is not None)
        if differences := list(find_differences(client, requests, given)):
            raise CommandFailure("\n".join(differences))


def default_partitions(clock: str) -> int:
    """How many partitions a topic gets by default."""
    return PARTITIONS_IN_ORDER if clock == "recorded" else PARTITIONS


def topic_requests(
    prefix: str, partitions: int, replication: int, min_insync: int | None = None
) -> dict[str, dict[str, Any]]:
    """The request for each topic, by its full name.

    `min_insync` None: one fewer than the replicas, so that one of them may be away.
    """
    in_sync = {IN_SYNC: str(min_insync or max(1, replication - 1))} if replication > 1 else {}
    return {
        topic_name(prefix, topic.name): {
            "num_partitions": partitions if topic.partitioned else 1,
            "replication_factor": replication,
            "configs": topic.config() | in_sync,
        }
        for topic in TOPICS
    }


def create_topics(client: KafkaAdminClient, topics: Mapping[str, Any]) -> list[str]:
    """Create those that are missing; returns a line for each topic, new or not.

    Raises:
        CommandFailure: naming each topic that the broker refuses to create, and why.
    """
    answer = client.create_topics(dict(topics), timeout_ms=CLIENT_MS, raise_errors=False)["topics"]
    if refused := _refusals_by_reason(answer):
        raise CommandFailure(
            "; ".join(f"{', '.join(names)}: {reason}" for reason, names in refused.items())
        )
    client.wait_for_topics(list(topics), timeout_ms=CLIENT_MS)
    created = {topic["name"] for topic in answer if topic["error_code"] == NoError.errno}
    described = {topic["name"]: topic for topic in client.describe_topics(list(topics))}
    return [_format_line(described[name], created) for name in topics]


def _refusals_by_reason(answer: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    refused: dict[str, list[str]] = {}
    for topic in answer:
        if topic["error_code"] not in (NoError.errno, TopicAlreadyExistsError.errno):
            reason = topic["error_message"] or f"Kafka's error {topic['error_code']}"
            refused.setdefault(reason, []).append(topic["name"])
    return refused


def _format_line(topic: Mapping[str, Any], created: Collection[str]) -> str:
    state = "created" if topic["name"] in created else "exists "
    return f"{state}  {topic['name']}  {format_count(len(topic['partitions']), 'partition')}"
