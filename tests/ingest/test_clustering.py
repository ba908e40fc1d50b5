import asyncio
import json

import pytest

from schemas.event import LARGEST_EVENT
from services.ingest.adapters.clustering import NOTE, Clustering
from services.ingest.domain.normalize import StoredEvent, add_story, normalize
from tests.fakes import FakeStoryIndex
from tests.ingest.builders import context, report
from tests.ingest.stories.wires import WIRE


def stored(id_: str, **fields: object) -> StoredEvent:
    normal = normalize(report(id=id_, text=WIRE) | fields, context(recorded="story" in fields))
    assert isinstance(normal, StoredEvent)
    return normal


async def checked(index: FakeStoryIndex) -> tuple[Clustering, dict[str, str]]:
    notes: dict[str, str] = {}
    clustering = Clustering(index, notes, wait_seconds=0.05)
    await clustering.check()
    return clustering, notes


async def test_events_are_stored_with_their_story() -> None:
    clustering, notes = await checked(FakeStoryIndex())

    events = await clustering.add_stories([stored("a"), stored("b")])

    assert [event.event.story for event in events] == ["reuters a"] * 2
    assert [json.loads(event.value)["story"] for event in events] == ["reuters a"] * 2
    assert notes == {}


async def test_a_story_that_is_given_stays() -> None:
    clustering, _ = await checked(FakeStoryIndex())

    [event] = await clustering.add_stories([stored("a", story="mine")])

    assert event.event.story == "mine"


@pytest.mark.parametrize(
    ("fault", "reason"), [("away", "away"), (None, "no answer")], ids=["away", "stuck"]
)
async def test_without_that_redis_events_have_no_story_and_a_note_says_why(
    fault: str | None, reason: str
) -> None:
    clustering, notes = await checked(index := FakeStoryIndex())
    index.fault, index.is_stuck = fault, fault is None
    events = [stored(str(number)) for number in range(200)]

    async with asyncio.timeout(10):
        clustered = await clustering.add_stories(events)

    assert clustered == events
    assert reason in notes[NOTE]


async def test_after_a_fault_no_request_waits_until_a_check_succeeds() -> None:
    index = FakeStoryIndex(is_stuck=True)
    clustering, notes = await checked(index)
    index.is_stuck = False

    [first] = await clustering.add_stories([stored("a")])
    await clustering.check()
    [second] = await clustering.add_stories([stored("a")])

    assert (first.event.story, second.event.story) == (None, "reuters a")
    assert notes == {}


def test_an_event_that_is_as_large_as_it_may_be_has_no_story() -> None:
    event = stored("a", attributes={f"n{number}": "x" * 65_000 for number in range(4)})
    full = StoredEvent(event.event, event.value.ljust(LARGEST_EVENT - 5))

    assert add_story(full, "a story") is full
