"""Stories on a real Redis: the same as in memory, for replicas that do not know each other."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack

import pytest
from redis.asyncio import Redis

from bench.stories import read_pairs
from services.ingest.adapters.story_index import RedisIndex, connect_stories
from services.ingest.domain.ports import StoriesUnavailable
from services.ingest.domain.stories.join import WINDOW
from services.ingest.domain.stories.memory_index import MemoryIndex
from services.ingest.domain.stories.report import StoryReport
from tests.ingest.stories.wires import VAGUE, WIRE, story_report
from tests.parts.child import free_port

pytestmark = pytest.mark.integration

MakeIndex = Callable[[], RedisIndex]


@pytest.fixture
async def make_index(redis_url: str) -> AsyncIterator[MakeIndex]:
    """An index of another replica with each call."""
    async with AsyncExitStack() as stack:

        def make() -> RedisIndex:
            redis = connect_stories(redis_url)
            stack.push_async_callback(redis.aclose)
            return RedisIndex(redis, "t.", WINDOW)

        yield make


def labelled_reports() -> list[StoryReport]:
    """Every report of the labelled set; each has an identity and an owner of its own."""
    events = [event for pair in read_pairs() for event in (pair.wire, pair.other)]
    named = (
        event.model_copy(update={"source": f"outlet{number}"})
        for number, event in enumerate(events)
    )
    return [StoryReport.of(event) for event in named]


async def test_stories_are_those_that_files_get(make_index: MakeIndex) -> None:
    memory, index, reports = MemoryIndex(), make_index(), labelled_reports()[:200]

    found = [story for report in reports for story in await index.assign([report])]

    assert found == [memory.assign(report) for report in reports]


async def test_a_repeat_never_changes_a_story_at_any_replica(make_index: MakeIndex) -> None:
    reports = labelled_reports()[:100]
    first = await make_index().assign(reports)

    assert await make_index().assign(reports[::-1]) == first[::-1]


async def test_copies_of_one_moment_are_one_story_at_all_replicas(make_index: MakeIndex) -> None:
    indexes = [make_index() for _ in range(4)]
    copies = [story_report(f"outlet{number}") for number in range(40)]

    found = await asyncio.gather(
        *(indexes[number % 4].assign([copy]) for number, copy in enumerate(copies))
    )

    assert len({story for stories in found for story in stories}) == 1


async def test_a_request_full_of_copies_is_one_story(make_index: MakeIndex) -> None:
    copies = [story_report(f"outlet{number}") for number in range(50)]

    assert len(set(await make_index().assign(copies))) == 1


async def test_a_vague_report_does_not_join_two_events(make_index: MakeIndex) -> None:
    index = make_index()
    texts = [VAGUE, WIRE, WIRE.replace("Balad", "Taji")]

    stories = [
        story
        for number, text in enumerate(texts)
        for story in await index.assign([story_report(f"o{number}", text)])
    ]

    assert stories == ["o0 o0", "o0 o0", "o2 o2"]


async def test_a_correction_has_the_story_of_what_it_corrects(make_index: MakeIndex) -> None:
    corrected = story_report("2", "Nothing of it is true.", source="a", supersedes="a")
    index = make_index()

    assert await index.assign([story_report("a")]) == await index.assign([corrected])


async def test_everything_is_forgotten_in_time(make_index: MakeIndex, redis_url: str) -> None:
    await make_index().assign([story_report("a")])

    async with Redis.from_url(redis_url) as redis:
        keys = await redis.keys("t.stories-*")
        assert len(keys) > 2
        assert all([await redis.ttl(key) > 0 for key in keys])


async def test_one_owner_does_not_fill_a_band(make_index: MakeIndex, redis_url: str) -> None:
    index, memory = make_index(), MemoryIndex()
    reports: Sequence[StoryReport] = [
        story_report(f"m{number}", VAGUE.replace("an air", f"{number} air"), source_owner="mallory")
        for number in range(20)
    ]

    for report in reports:
        assert await index.assign([report]) == [memory.assign(report)]
    async with Redis.from_url(redis_url) as redis:
        bands = await redis.keys("t.stories-*:b*")
        assert max([await redis.llen(key) for key in bands]) == 2


async def test_a_redis_that_is_away_is_said_to_be() -> None:
    index = RedisIndex(connect_stories(f"redis://127.0.0.1:{free_port()}/0"), "t.", WINDOW)

    with pytest.raises(StoriesUnavailable, match=r"refused|connect"):
        await index.check()
    with pytest.raises(StoriesUnavailable):
        await index.assign([story_report("a")])
