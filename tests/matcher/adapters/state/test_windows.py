"""Windows: the states of a partition in the table, found again and swept."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from services.matcher.adapters.state.keyed_states import KeyedStates
from services.matcher.adapters.state.keys import StateKey, StateKind, has_kind
from services.matcher.adapters.state.windows import SWEPT_AT_ONCE, Windows
from services.matcher.domain.alerts.step import deadline, timing
from services.matcher.domain.changes.clock import Clock
from services.matcher.domain.engine.schedule import Schedule
from services.matcher.domain.windows.panes import decode_front
from services.matcher.domain.windows.state import WindowState
from services.matcher.domain.windows.window_rule import WindowRule
from tests.matcher.builders import NOON, RULE, hit
from tests.matcher.course import WindowCourse

NAME = (RULE.pack, RULE.name)
KEY = hit(0).key
HEAD = StateKey(StateKind.WINDOW, 1, KEY).encode()
OTHER = b'["iraq","joint_march",["place","]#1-2-3"]]'
Act = Callable[[Windows], None]


class Killed(Exception):
    """The process is gone."""


class CountingTable(dict[bytes, bytes]):
    """A table whose process is killed after some writes; it counts the panes that are read."""

    writes_left: int | None = None
    panes_read: int = 0

    def __setitem__(self, key: bytes, value: bytes) -> None:
        self._written()
        super().__setitem__(key, value)

    def __delitem__(self, key: bytes) -> None:
        self._written()
        super().__delitem__(key)

    def get(self, key: bytes, default: bytes | None = None) -> bytes | None:  # type: ignore[override]
        self.panes_read += has_kind(key, StateKind.PANE)
        return super().get(key, default)

    def _written(self) -> None:
        if self.writes_left is not None:
            if self.writes_left == 0:
                raise Killed
            self.writes_left -= 1


def state(*hours: float) -> WindowState:
    return WindowCourse(RULE).take(*(hit(at, f"e{at}") for at in hours)).state


def windows(table: dict[bytes, bytes], rule: WindowRule = RULE) -> Windows:
    return Windows(KeyedStates(table), {NAME: rule})


def scheduled(schedule: Schedule) -> tuple[object, object, object]:
    return schedule.when, schedule.offsets, schedule.newest


def panes(table: dict[bytes, bytes]) -> set[bytes]:
    return {key for key in table if has_kind(key, StateKind.PANE)}


def named(table: dict[bytes, bytes]) -> set[bytes]:
    panes = decode_front(table[HEAD]).panes if HEAD in table else ()
    return {StateKey(StateKind.PANE, 1, KEY, pane).encode() for pane in panes}


def test_the_keys_of_a_partition_are_those_of_its_states_whatever_its_rules() -> None:
    table = CountingTable()
    kept = windows(table)
    kept.keep(1, KEY, state(0, 100), NOON)
    kept.keep(11, OTHER, state(0), NOON)

    assert list(Windows(KeyedStates(table), {}).keys(1)) == [KEY]
    assert list(Windows(KeyedStates(table), {}).keys(0)) == []


def test_after_a_restart_states_are_due_as_before_and_no_pane_is_read_for_it() -> None:
    table, whole = CountingTable(), state(0, 1, 100)
    live = windows(table)
    live.keep(1, KEY, whole, deadline(RULE, whole))
    before = table.panes_read

    again = windows(table)

    assert scheduled(again.schedule(1)) == scheduled(live.schedule(1))
    assert scheduled(again.schedule(2)) == scheduled(Schedule())
    assert (again.schedule(1).when[KEY], table.panes_read) == (deadline(RULE, whole), before)
    assert again.state(1, KEY) == whole


def test_a_rule_that_was_changed_meanwhile_decides_anew_when_its_states_are_due() -> None:
    table, whole = CountingTable(), state(0, 1, 100)
    windows(table).keep(1, KEY, whole, None)
    changed = replace(RULE, resolve_after=timedelta(days=400))

    due = windows(table, changed).schedule(1).when[KEY]

    assert due == deadline(changed, whole) != deadline(RULE, whole)


@pytest.mark.parametrize(
    "field", ["timespan", "baseline", "history", "resolve_after", "cooldown", "max_lateness"]
)
def test_every_length_of_a_rule_is_in_its_timing(field: str) -> None:
    longer = replace(RULE, **{field: timedelta(days=400)})  # type: ignore[arg-type]

    assert timing(longer) != timing(RULE)
    assert timing(replace(RULE, title="Another")) == timing(RULE)


def _grow(told: Windows) -> None:
    told.keep(1, KEY, state(0, 100, 110, 300), NOON)


def _shrink(told: Windows) -> None:
    told.keep(1, KEY, state(300), NOON)


def _drop(told: Windows) -> None:
    told.drop(1, KEY)


@pytest.mark.parametrize("act", [_grow, _shrink, _drop])
def test_what_a_kill_leaves_half_done_is_swept_up_at_the_next_tick(act: Act) -> None:
    for writes in range(12):
        table = CountingTable()
        windows(table).keep(1, KEY, state(0, 100), NOON)
        table.writes_left = writes
        with suppress(Killed):
            act(windows(table))
        table.writes_left = None

        again = windows(table)
        again.schedule(1)
        again.keep_clock(1, Clock())

        assert panes(table) == named(table)
        assert again.state(1, KEY) == windows(table).state(1, KEY)


def orphan(number: int, partition: int = 1) -> bytes:
    return b'%d:p:60.%d.0:["iraq","joint_march"]' % (partition, number)


def test_only_panes_of_the_partition_in_hand_are_swept_some_at_a_time() -> None:
    own = {orphan(number): b"[]" for number in range(SWEPT_AT_ONCE + 1)}
    foreign = {orphan(0, partition=2): b"[]"}
    table = CountingTable(own | foreign)
    told = windows(table)
    told.schedule(1)

    told.keep_clock(1, Clock())
    assert len(panes(table)) == 2
    told.keep_clock(1, Clock())
    assert panes(table) == foreign.keys()


def test_a_pane_that_belongs_to_a_state_by_the_time_of_the_sweep_stays() -> None:
    table, whole = CountingTable(), state(0, 100)
    windows(table).keep(1, KEY, whole, NOON)
    table.pop(HEAD)
    told = windows(table)
    told.schedule(1)

    told.keep(1, KEY, whole, NOON)
    told.keep_clock(1, Clock())

    assert windows(table).state(1, KEY) == whole


def test_nothing_but_panes_is_ever_swept() -> None:
    others = {
        b"1:s:p:1.2.3:telegram": b"{}",
        b'1:h:["iraq","likely",["hypothesis","likely"]]': b"{}",
        b'1:w:["iraq","gone",["place",":p:1.2.3:"]]': b'[1,0,"",null,[]]',
        b"1:later:1.2.3:of a kind to come": b"{}",
    }
    table = CountingTable(others)
    told = windows(table)
    told.schedule(1)

    told.keep_clock(1, Clock())

    assert others.items() <= table.items()
