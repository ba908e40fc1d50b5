"""Joins what takes reports, for each process of ingest."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from schemas.topics import EVENTS, topic_name
from services.clock_skew import ClockSkew
from services.ingest.adapters.clustering import NOTE, UNSET, Clustering
from services.ingest.adapters.intake import Intake
from services.ingest.adapters.language import load_detector
from services.ingest.adapters.producer import KafkaPublisher
from services.ingest.adapters.story_index import RedisIndex, connect_stories
from services.ingest.settings import IntakeSettings
from services.live_sasl import follow_passwords


def make_publisher(settings: IntakeSettings, notes: dict[str, str]) -> KafkaPublisher:
    """What puts events on Kafka; a clock that is wrong is among the notes of `/readyz`."""
    follow_passwords()
    skew = ClockSkew(settings.clock_skew_seconds, notes)
    return KafkaPublisher(settings.kafka, topic_name(settings.topic_prefix, EVENTS), skew=skew)


def make_intake(
    settings: IntakeSettings, publisher: KafkaPublisher, notes: dict[str, str]
) -> Intake:
    """What takes reports; the notes of `/readyz` say so where no stories are found."""
    clustering = _make_clustering(settings, notes)
    detect = load_detector() if settings.ingest_languages else None
    return Intake(publisher, read_clock, settings.clock == "recorded", clustering, detect)


@asynccontextmanager
async def keep_checking(clustering: Clustering | None) -> AsyncIterator[None]:
    """Within it the Redis of stories is checked; nothing is where no stories are found."""
    task = asyncio.create_task(clustering.run()) if clustering is not None else None
    yield
    if task is not None:
        task.cancel()


def read_clock() -> datetime:
    """The wall's time."""
    return datetime.now(UTC)


def _make_clustering(settings: IntakeSettings, notes: dict[str, str]) -> Clustering | None:
    if settings.stories_redis_url is None:
        notes[NOTE] = UNSET
        return None
    redis = connect_stories(settings.stories_redis_url)
    window = timedelta(days=settings.stories_days)
    return Clustering(RedisIndex(redis, settings.topic_prefix, window), notes)
