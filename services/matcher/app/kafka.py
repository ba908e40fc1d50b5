"""Kafka at the start of the matcher: every topic that it needs."""

from asyncio import to_thread
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from schemas.topics import ALERTS, DEAD_LETTERS, EVENTS, RULES, SIGNALS, topic_name
from services.kafka_address import KafkaAddress
from services.matcher.adapters.rules.rules_topic import RulesTopicReader
from services.matcher.adapters.state.changelog import (
    changelog_name,
    ensure_changelog,
    matcher_group,
    read_durability,
)
from services.matcher.adapters.topics.admin import admin_client, retention, topic_id
from services.matcher.adapters.topics.cluster import KafkaCluster
from services.matcher.settings import MatcherSettings, ReaderServiceSettings

TOPICS = (EVENTS, SIGNALS, ALERTS, DEAD_LETTERS, RULES)
READER_TOPICS = (EVENTS, SIGNALS, DEAD_LETTERS, RULES)


@dataclass(frozen=True, slots=True)
class Kafka:
    """Kafka as found at the start: connected, and every topic there."""

    cluster: KafkaCluster
    signals_partitions: int
    signals_topic_id: str
    events_kept: timedelta | None
    rules: RulesTopicReader


@dataclass(frozen=True, slots=True)
class ReaderKafka:
    """Kafka as the reader finds it at its start."""

    cluster: KafkaCluster
    rules: RulesTopicReader


async def prepare_kafka(settings: MatcherSettings) -> Kafka:
    """Connect to Kafka, and have the topics that the matcher needs.

    Raises:
        KafkaUnusable: saying what is missing.
    """
    cluster = await KafkaCluster.connect(settings.kafka)
    async with _closed_on_error(cluster):
        return await _find_topics(settings, cluster)


async def _find_topics(settings: MatcherSettings, cluster: KafkaCluster) -> Kafka:
    address = settings.kafka
    names = {name: topic_name(settings.topic_prefix, name) for name in TOPICS}
    partitions = {name: await cluster.count_partitions(full) for name, full in names.items()}
    name, count = changelog_name(matcher_group(settings.topic_prefix)), partitions[SIGNALS]
    signals_id, events_kept = await to_thread(_ask_about, address, names, name, count)
    cluster.follow(
        {names[name]: partitions[name] for name in (EVENTS, SIGNALS)},
        [names[name] for name in (ALERTS, DEAD_LETTERS, RULES)],
    )
    rules = await RulesTopicReader.open(address, names[RULES], settings.kafka_fetch_wait_ms)
    return Kafka(cluster, count, signals_id, events_kept, rules)


def _ask_about(
    address: KafkaAddress, names: Mapping[str, str], changelog: str, partitions: int
) -> tuple[str, timedelta | None]:
    """The id of the signals topic, and how long events are kept; the changelog is there then."""
    with admin_client(address) as client:
        durability = read_durability(client, names[SIGNALS])
        ensure_changelog(client, changelog, partitions, durability)
        return topic_id(client, names[SIGNALS]), retention(client, names[EVENTS])


async def prepare_reader_kafka(settings: ReaderServiceSettings) -> ReaderKafka:
    """Connect to Kafka, and have the topics that the reader needs.

    Raises:
        KafkaUnusable: saying what is missing.
    """
    cluster = await KafkaCluster.connect(settings.kafka)
    async with _closed_on_error(cluster):
        return await _find_reader_topics(settings, cluster)


async def _find_reader_topics(
    settings: ReaderServiceSettings, cluster: KafkaCluster
) -> ReaderKafka:
    names = {name: topic_name(settings.topic_prefix, name) for name in READER_TOPICS}
    partitions = {name: await cluster.count_partitions(full) for name, full in names.items()}
    cluster.follow(
        {names[EVENTS]: partitions[EVENTS]},
        [names[name] for name in (SIGNALS, DEAD_LETTERS, RULES)],
    )
    rules = await RulesTopicReader.open(settings.kafka, names[RULES], settings.kafka_fetch_wait_ms)
    return ReaderKafka(cluster, rules)


@asynccontextmanager
async def _closed_on_error(cluster: KafkaCluster) -> AsyncIterator[None]:
    """Close the connection again where something is missing: all is tried anew."""
    try:
        yield
    except BaseException:
        await cluster.close()
        raise


def reader_app_id(settings: MatcherSettings) -> str:
    """The consumer group of readers: it delays nothing that the matcher's reads."""
    return f"{settings.topic_prefix}reader"
