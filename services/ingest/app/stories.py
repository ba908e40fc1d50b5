"""Joins what finds stories, for each process of ingest."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from services.ingest.adapters.clustering import NOTE, UNSET, Clustering
from services.ingest.adapters.story_index import RedisIndex, connect_stories
from services.ingest.settings import StoriesSettings


def make_clustering(settings: StoriesSettings, notes: dict[str, str]) -> Clustering | None:
    """What finds stories, or None where that is not set up; the notes of `/readyz` say so."""
    if settings.stories_redis_url is None:
        notes[NOTE] = UNSET
        return None
    redis = connect_stories(str(settings.stories_redis_url))
    window = timedelta(days=settings.stories_days)
    return Clustering(RedisIndex(redis, settings.topic_prefix, window), notes)


@asynccontextmanager
async def keep_checking(clustering: Clustering | None) -> AsyncIterator[None]:
    """Within it the Redis of stories is checked; nothing is where no stories are found."""
    task = asyncio.create_task(clustering.run()) if clustering is not None else None
    yield
    if task is not None:
        task.cancel()
