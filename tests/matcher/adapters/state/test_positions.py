"""Positions: every message of a recreated topic is past those of the one before it."""

import json

import pytest

from schemas.version import SCHEMA_VERSION, NewerSchema
from services.matcher.adapters.state.keyed_states import KeyedStates
from services.matcher.adapters.state.positions import Positions
from tests.matcher.messages import Given


def at(offset: int, partition: int = 1) -> Given:
    return Given(b"", partition=partition, offset=offset)


def test_positions_of_the_first_topic_are_its_offsets() -> None:
    positions = Positions(KeyedStates({}), "topic-a")

    assert [positions.position(at(offset)) for offset in (0, 7)] == [0, 7]


def test_a_worker_that_restarts_goes_on_in_the_same_topic() -> None:
    table: dict[bytes, bytes] = {}
    Positions(KeyedStates(table), "topic-a").position(at(7))

    assert Positions(KeyedStates(table), "topic-a").position(at(8)) == 8


def test_a_message_of_a_recreated_topic_is_past_all_of_those_before_it() -> None:
    table: dict[bytes, bytes] = {}
    last = Positions(KeyedStates(table), "topic-a").position(at(10**12))

    recreated = [Positions(KeyedStates(table), "topic-b").position(at(number)) for number in (0, 1)]
    again = Positions(KeyedStates(table), "topic-c").position(at(0))

    assert last < recreated[0] == recreated[1] - 1
    assert recreated[1] < again


def test_each_partition_changes_over_with_its_own_first_message() -> None:
    table: dict[bytes, bytes] = {}
    for partition in (1, 2):
        Positions(KeyedStates(table), "topic-a").position(at(5, partition))
    positions = Positions(KeyedStates(table), "topic-b")
    positions.position(at(0, 1))
    written = dict(table)

    assert positions.position(at(0, 2)) > 5
    assert written.keys() == table.keys()
    assert {key for key in table if table[key] != written[key]} == {b"2:t:"}


def test_what_the_table_says_is_read_again_when_partitions_have_moved() -> None:
    table: dict[bytes, bytes] = {}
    positions = Positions(KeyedStates(table), "topic-b")
    positions.position(at(0))
    table.clear()
    Positions(KeyedStates(table), "topic-a").position(at(3))

    positions.forget_partitions()

    assert positions.position(at(0)) > 3


def test_a_topic_that_a_later_release_noted_is_refused() -> None:
    table: dict[bytes, bytes] = {}
    Positions(KeyedStates(table), "topic-a").position(at(7))
    (key, raw), *_ = table.items()
    table[key] = json.dumps(json.loads(raw) | {"version": SCHEMA_VERSION + 1}).encode()

    with pytest.raises(NewerSchema):
        Positions(KeyedStates(table), "topic-a").position(at(8))
