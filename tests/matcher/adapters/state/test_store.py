"""The store under the table: which partitions it has, and from where it recovers them."""

from collections import Counter
from types import SimpleNamespace
from typing import Any, cast

import pytest
from faust.types import TP

from services.kafka_address import KafkaAddress
from services.matcher.adapters.state.recovery import ChangelogRecovery, resume_offset
from services.matcher.adapters.state.store import Store
from services.matcher.adapters.state.table import Table, add_table
from services.matcher.adapters.stream.transport import App, faust_options

FIRST, SECOND = b"1:march", b"2:march"
TOPIC = "app-windows-changelog"


@pytest.fixture
def table() -> Table:
    return add_table(App("app", **faust_options(KafkaAddress("127.0.0.1:1"))), 4)


@pytest.fixture
def store(table: Table) -> Store:
    return cast("Store", table.data)


def changelog(partition: int) -> TP:
    return TP(TOPIC, partition)


def changelog_event(key: bytes, value: bytes | None, offset: int) -> Any:
    message = SimpleNamespace(tp=changelog(1), key=key, value=value, offset=offset)
    return SimpleNamespace(message=message)


async def owning(store: Store, *partitions: int) -> Store:
    await store.on_rebalance({changelog(partition) for partition in partitions}, set(), set())
    return store


async def test_a_partition_that_goes_to_another_worker_is_forgotten(store: Store) -> None:
    store[FIRST] = b"1"
    store[SECOND] = b"1"
    store.acknowledge(changelog(1), 0, FIRST, b"1")

    await owning(store, 1)

    assert dict(store.items()) == {FIRST: b"1"}
    assert SECOND not in store
    with pytest.raises(KeyError):
        store[SECOND]


async def test_what_kafka_has_not_acknowledged_is_dropped_when_partitions_move(
    store: Store,
) -> None:
    store[FIRST] = b"1"
    store.acknowledge(changelog(1), 0, FIRST, b"1")
    store[FIRST] = b"2"

    await owning(store, 1)

    assert (store[FIRST], store.persisted_offset(changelog(1))) == (b"1", 0)


async def test_an_acknowledgement_for_a_lost_partition_changes_nothing(
    store: Store,
) -> None:
    store[FIRST] = b"1"
    await owning(store)

    store.acknowledge(changelog(1), 0, FIRST, b"1")
    store.follow(changelog(1), [(FIRST, b"1")], 0)

    assert list(store) == []


def test_what_the_changelog_holds_can_be_read_and_deleted(store: Store) -> None:
    store.replica(1)
    events = [changelog_event(FIRST, b"1", 3), changelog_event(b"1:other", b"2", 4)]

    store.apply_changelog_batch(events, to_key=None, to_value=None)
    del store[b"1:other"]

    assert (dict(store.items()), len(store), list(store)) == ({FIRST: b"1"}, 1, [FIRST])
    assert store.persisted_offset(changelog(1)) == 4


@pytest.mark.parametrize(
    ("start", "last"), [(0, 9), (0, 20), (10, 20)], ids=["at its end", "behind it", "at its start"]
)
def test_a_replica_within_its_topic_reads_on(store: Store, start: int, last: int) -> None:
    store.replica(1).follow([(FIRST, b"1")], 9)

    assert resume_offset(store, changelog(1), start, last) == 9
    assert store[FIRST] == b"1"


@pytest.mark.parametrize(
    ("start", "last"), [(0, 8), (0, -1), (11, 20)], ids=["past its end", "empty", "before it"]
)
def test_a_replica_outside_its_topic_is_cleared(store: Store, start: int, last: int) -> None:
    store.replica(1).follow([(FIRST, b"1")], 9)

    assert resume_offset(store, changelog(1), start, last) == start - 1
    assert FIRST not in store


async def test_what_kafka_does_not_give_in_bulk_is_left_to_faust(table: Table) -> None:
    store, tp = cast("Store", table.data), changelog(1)
    store.replica(1).follow([(FIRST, b"1")], 3)
    recovery = ChangelogRecovery(table.app, table.app.tables)
    recovery.active_highwaters[tp] = 9

    reached = Counter({tp: 3})
    await recovery.read_missing({tp: store}, reached)

    assert (reached, store.persisted_offset(tp)) == ({tp: 3}, 3)


def test_an_empty_replica_begins_with_the_first_message(store: Store) -> None:
    assert resume_offset(store, changelog(1), 0, 9) == -1
    assert resume_offset(store, changelog(1), 5, 9) == 4
