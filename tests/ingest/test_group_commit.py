import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from services.ingest.adapters.group_commit import MOST_OF_GROUP, MOST_OF_REQUEST, GroupCommit
from services.ingest.domain.normalize import StoredEvent
from services.ingest.domain.result import ReportResult, accept
from tests.ingest.builders import normalized, report

FOR_EVER = 3600.0


@dataclass
class FakeStore:
    """Keeps the ids of each group; a group is stored when it may be."""

    groups: list[list[str]] = field(default_factory=list)
    may_end: asyncio.Event = field(default_factory=asyncio.Event)
    has_two: asyncio.Event = field(default_factory=asyncio.Event)

    async def store(self, events: Sequence[StoredEvent]) -> list[ReportResult]:
        self.groups.append([stored.event.id for stored in events])
        if len(self.groups) > 1:
            self.has_two.set()
        await self.may_end.wait()
        return [accept(stored.event) for stored in events]


def events(*ids: str) -> list[StoredEvent]:
    return [normalized(report(id=id_)) for id_ in ids]


async def begin(commit: GroupCommit, *ids: str) -> asyncio.Task[Sequence[ReportResult]]:
    """A request that has come, and is not answered."""
    task = asyncio.create_task(commit.store(events(*ids)))
    for _ in range(5):
        await asyncio.sleep(0)
    return task


async def test_a_request_leaves_at_once_while_nothing_is_on_its_way() -> None:
    store = FakeStore()

    await begin(GroupCommit(store.store, FOR_EVER), "a")

    assert store.groups == [["a"]]


async def test_requests_that_come_meanwhile_leave_together_and_each_gets_its_own_results() -> None:
    store = FakeStore()
    commit = GroupCommit(store.store, FOR_EVER)
    tasks = [await begin(commit, *ids) for ids in ("a", "bc", "d")]
    before = list(store.groups)

    store.may_end.set()
    results = await asyncio.gather(*tasks)

    assert before == [["a"]]
    assert store.groups == [["a"], ["b", "c", "d"]]
    assert [[result.id for result in each] for each in results] == [["a"], ["b", "c"], ["d"]]


async def test_a_group_that_is_not_answered_holds_up_the_next_one_for_a_moment_only() -> None:
    store = FakeStore()
    commit = GroupCommit(store.store, wait_seconds=0.001)
    await begin(commit, "a")
    await begin(commit, "b")

    async with asyncio.timeout(60):
        await store.has_two.wait()

    assert store.groups == [["a"], ["b"]]


async def test_a_large_request_is_stored_by_itself() -> None:
    store = FakeStore()
    commit = GroupCommit(store.store, FOR_EVER)
    await begin(commit, "a")
    await begin(commit, "b")
    ids = [str(number) for number in range(MOST_OF_REQUEST + 1)]

    await begin(commit, *ids)

    assert store.groups == [["a"], ids]


async def test_a_group_that_is_large_waits_for_no_other() -> None:
    store = FakeStore()
    commit = GroupCommit(store.store, FOR_EVER)
    await begin(commit, "a")

    for number in range(MOST_OF_GROUP):
        await begin(commit, f"b{number}")

    assert list(map(len, store.groups)) == [1, MOST_OF_GROUP]


async def test_what_fails_fails_for_each_request_of_the_group_and_no_other() -> None:
    async def fail(stored: Sequence[StoredEvent]) -> list[ReportResult]:
        if stored[0].event.id == "bad":
            raise RuntimeError("no")
        return [accept(each.event) for each in stored]

    commit = GroupCommit(fail, FOR_EVER)
    outcomes = await asyncio.gather(
        *(commit.store(events(id_)) for id_ in ("bad", "b")), return_exceptions=True
    )

    assert [str(outcome) for outcome in outcomes] == ["no", "no"]
    assert len(await commit.store(events("c"))) == 1


async def test_a_request_that_waits_no_longer_disturbs_no_other() -> None:
    store = FakeStore()
    commit = GroupCommit(store.store, FOR_EVER)
    first, second, third = [await begin(commit, id_) for id_ in ("a", "b", "c")]
    second.cancel()

    store.may_end.set()
    await asyncio.gather(first, third)

    with pytest.raises(asyncio.CancelledError):
        await second
    assert store.groups == [["a"], ["b", "c"]]
