"""Keyed states: values by kind and partition, none of them too large."""

import pytest

from services.matcher.adapters.state.keyed_states import LARGEST_VALUE, KeyedStates
from services.matcher.adapters.state.keys import TableKey, ValueKind
from services.matcher.domain.windows.pane_names import Content, Pane

WINDOW = TableKey(ValueKind.WINDOW, 1, b'["iraq","march"]')
PANE = WINDOW._replace(kind=ValueKind.PANE, pane=Pane(Content.HITS, 60, 1))
ELSEWHERE = WINDOW._replace(partition=11)


def test_values_are_listed_by_kind_and_partition() -> None:
    states = KeyedStates({})
    states.put({WINDOW: b"1", PANE: b"2", ELSEWHERE: b"3"})

    assert states.keys(ValueKind.WINDOW, 1) == [WINDOW.key]
    assert list(states.items(ValueKind.WINDOW)) == [(WINDOW, b"1"), (ELSEWHERE, b"3")]
    assert list(states.items(ValueKind.PANE)) == [(PANE, b"2")]


def test_a_value_that_is_deleted_is_gone_and_one_that_was_never_there_is_passed_over() -> None:
    states = KeyedStates({})
    states.put({WINDOW: b"1"})

    states.delete([PANE, WINDOW])

    assert (states.get(WINDOW), states.table) == (None, {})


def test_nothing_is_written_where_one_value_is_too_large() -> None:
    states = KeyedStates({})

    with pytest.raises(AssertionError, match=str(LARGEST_VALUE + 1)):
        states.put({WINDOW: b"1", PANE: bytes(LARGEST_VALUE + 1)})

    assert states.table == {}
    states.put({PANE: bytes(LARGEST_VALUE)})
