"""The states of a partition in the table, found again and swept."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from schemas.rule import Condition
from services.matcher.adapters.state.keyed_states import KeyedStates
from services.matcher.adapters.state.keys import TableKey, ValueKind, has_kind
from services.matcher.adapters.state.partition_states import PartitionStates, States
from services.matcher.adapters.state.windows import SWEPT_AT_ONCE
from services.matcher.domain.alerts.deadline import deadline, timing
from services.matcher.domain.changes.active_rules import ActiveRules
from services.matcher.domain.changes.partition_progress import PartitionProgress
from services.matcher.domain.duty.source_state import SourceState
from services.matcher.domain.duty.source_step import source_deadline
from services.matcher.domain.engine.keys import StateKey, StateKind
from services.matcher.domain.engine.processors import Processors
from services.matcher.domain.engine.schedule import Schedule
from services.matcher.domain.rules.rulebook import Rulebook
from services.matcher.domain.windows.pane_names import Content
from services.matcher.domain.windows.panes import decode_front
from services.matcher.domain.windows.state import WindowState
from services.matcher.domain.windows.window_rule import WindowRule
from tests.matcher.builders import NOON, RULE, hit, retraction
from tests.matcher.course import WindowCourse

NAME = (RULE.pack, RULE.name)
KEY = StateKey(StateKind.WINDOW, hit(0).key)
HEAD = TableKey(ValueKind.WINDOW, 1, KEY.name).encode()
OTHER = StateKey(StateKind.WINDOW, b'["iraq","joint_march",["place","]#1-2-3"]]')
Act = Callable[[PartitionStates], None]


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
        self.panes_read += has_kind(key, ValueKind.PANE)
        return super().get(key, default)

    def _written(self) -> None:
        if self.writes_left is not None:
            if self.writes_left == 0:
                raise Killed
            self.writes_left -= 1


def state(*hours: float) -> WindowState:
    return WindowCourse(RULE).take(*(hit(at, f"e{at}") for at in hours)).state


def states(table: dict[bytes, bytes], *rules: WindowRule) -> States:
    """As after a start."""
    known = {(rule.pack, rule.name): rule for rule in rules or (RULE,)}
    return States(KeyedStates(table), Processors.of(ActiveRules(Rulebook(windows=known))))


def partition(table: dict[bytes, bytes], *rules: WindowRule) -> PartitionStates:
    return states(table, *rules).partition(1)


def scheduled(schedule: Schedule) -> tuple[object, object, object]:
    return schedule.when, schedule.offsets, schedule.newest


def panes(table: dict[bytes, bytes]) -> set[bytes]:
    return {key for key in table if has_kind(key, ValueKind.PANE)}


def named(table: dict[bytes, bytes]) -> set[bytes]:
    panes = decode_front(table[HEAD]).panes if HEAD in table else ()
    return {TableKey(ValueKind.PANE, 1, KEY.name, pane).encode() for pane in panes}


def test_the_keys_of_a_partition_are_those_of_its_states_whatever_its_rules() -> None:
    table = CountingTable()
    written = states(table)
    written.partition(1).put(KEY, state(0, 100), NOON)
    written.partition(11).put(OTHER, state(0), NOON)

    unknown = replace(RULE, name="another")
    assert states(table, unknown).partition(1).all_keys() == [KEY]
    assert states(table, unknown).partition(0).all_keys() == []


def test_after_a_restart_states_are_due_as_before_and_no_pane_is_read_for_it() -> None:
    table, whole = CountingTable(), state(0, 1, 100)
    due = deadline(RULE, whole)
    partition(table).put(KEY, whole, due)
    before = table.panes_read

    again = states(table)

    assert scheduled(again.schedule(1)) == ({KEY: due}, {KEY: whole.offset}, whole.offset)
    assert scheduled(again.schedule(2)) == scheduled(Schedule())
    assert table.panes_read == before
    assert again.partition(1).get(KEY) == whole


def test_a_rule_that_was_changed_meanwhile_decides_anew_when_its_states_are_due() -> None:
    table, whole = CountingTable(), state(0, 1, 100)
    written = states(table)
    written.partition(1).put(KEY, whole, None)
    changed = replace(RULE, resolve_after=timedelta(days=400))
    rules = ActiveRules(Rulebook(windows={NAME: changed}))

    started = states(table, changed).schedule(1).when[KEY]
    written.use(Processors.of(rules))

    assert started == deadline(changed, whole) != deadline(RULE, whole)
    assert written.schedule(1).when[KEY] == started


def test_a_source_is_due_after_a_restart_as_its_pack_says() -> None:
    key, seen = StateKey(StateKind.SOURCE, b"reuters"), SourceState(0, offset=4)
    table = {TableKey(ValueKind.SOURCE, 1, key.name).encode(): seen.encode()}

    schedule = partition(table).schedule

    assert schedule.when[key] == source_deadline(None, seen)
    assert schedule.not_before(4) == (key,)


@pytest.mark.parametrize(
    "field", ["timespan", "baseline", "history", "resolve_after", "cooldown", "max_lateness"]
)
def test_every_length_of_a_rule_is_in_its_timing(field: str) -> None:
    longer = replace(RULE, **{field: timedelta(days=400)})  # type: ignore[arg-type]

    assert timing(longer) != timing(RULE)
    assert timing(replace(RULE, title="Another")) == timing(RULE)


def _grow(store: PartitionStates) -> None:
    store.put(KEY, state(0, 100, 110, 300), NOON)


def _shrink(store: PartitionStates) -> None:
    store.put(KEY, state(300), NOON)


def _delete(store: PartitionStates) -> None:
    store.delete(KEY)


def tick(store: PartitionStates) -> PartitionStates:
    assert store.schedule is not None
    store.put_progress(PartitionProgress())
    return store


@pytest.mark.parametrize("act", [_grow, _shrink, _delete])
def test_what_a_kill_leaves_half_done_is_swept_up_at_the_next_tick(act: Act) -> None:
    for writes in range(12):
        table = CountingTable()
        partition(table).put(KEY, state(0, 100), NOON)
        table.writes_left = writes
        with suppress(Killed):
            act(partition(table))
        table.writes_left = None

        again = tick(partition(table))

        assert panes(table) == named(table)
        assert again.get(KEY) == partition(table).get(KEY)


def orphan(number: int, partition: int = 1) -> bytes:
    return b'%d:p:0.60.%d.:["iraq","joint_march"]' % (partition, number)


def test_only_panes_of_the_partition_in_hand_are_swept_some_at_a_time() -> None:
    own = {orphan(number): b"[]" for number in range(SWEPT_AT_ONCE + 1)}
    foreign = {orphan(0, partition=2): b"[]"}
    table = CountingTable(own | foreign)
    store = tick(partition(table))

    assert len(panes(table)) == 2
    tick(store)
    assert panes(table) == foreign.keys()


def test_a_pane_that_belongs_to_a_state_by_the_time_of_the_sweep_stays() -> None:
    table, whole = CountingTable(), state(0, 100)
    partition(table).put(KEY, whole, NOON)
    table.pop(HEAD)
    store = partition(table)
    assert store.schedule is not None

    store.put(KEY, whole, NOON)
    tick(store)

    assert partition(table).get(KEY) == whole


def test_nothing_but_panes_is_ever_swept() -> None:
    others = {
        b"1:s:p:1.2.3:telegram": SourceState(0).encode(),
        b'1:h:["iraq","likely",["hypothesis","likely"]]': b"{}",
        b'1:w:["iraq","gone",["place",":p:1.2.3:"]]': b'[1,0,"",null,[],[]]',
        b"1:later:1.2.3:of a kind to come": b"{}",
    }
    table = CountingTable(others)

    tick(partition(table))

    assert others.items() <= table.items()


SHORT = replace(RULE, condition=Condition(gte=1), resolve_after=timedelta(seconds=1))
"""Makes an alert of each firing."""


def test_another_alert_writes_none_of_those_before_but_the_last_few() -> None:
    course = WindowCourse(SHORT).take(*(hit(at / 100, f"e{at}") for at in range(200)))
    table = dict[bytes, bytes]()
    store = partition(table, SHORT)
    store.put(KEY, course.state, None)
    before, few = dict(table), dict[bytes, bytes]()
    some = WindowCourse(SHORT).take(*(hit(at / 100, f"e{at}") for at in range(20)))
    partition(few, SHORT).put(KEY, some.state, None)

    store.put(KEY, course.take(hit(2, "another")).state, None)

    written = {key: value for key, value in table.items() if before.get(key) != value}
    assert len(course.state.announced) == 201
    assert len(written) == 2
    assert len(table[HEAD]) < 2 * len(few[HEAD])
    assert named(table) == panes(table)
    assert partition(table, SHORT).get(KEY) == course.state


def test_an_alert_that_is_revised_writes_its_pane_under_another_name() -> None:
    course = WindowCourse(SHORT).take(*(hit(at / 100, f"e{at}") for at in range(200)))
    table = dict[bytes, bytes]()
    store = partition(table, SHORT)
    store.put(KEY, course.state, None)
    before = dict(table)

    store.put(KEY, course.take(retraction(0, "e0")).state, None)

    kept = before.keys() & table.keys() - {HEAD}
    assert all(table[key] == before[key] for key in kept)
    assert named(table) == panes(table)
    assert partition(table, SHORT).get(KEY) == course.state


def test_alerts_that_an_older_release_kept_in_the_head_go_over_into_panes() -> None:
    course = WindowCourse(SHORT).take(*(hit(at / 100, f"e{at}") for at in range(100)))
    table = dict[bytes, bytes]()
    partition(table, SHORT).put(KEY, course.state, None)
    *front, dated, kept = msgspec.json.decode(table[HEAD])
    alerts = [pane for pane in dated if pane[0] == Content.ALERTS]
    kept["announced"] = msgspec.to_builtins(tuple(course.state.announced))
    table[HEAD] = msgspec.json.encode(
        [*front, [pane for pane in dated if pane not in alerts], kept]
    )
    for key in panes(table) - named(table):
        del table[key]

    store = partition(table, SHORT)
    assert store.get(KEY) == course.state
    store.put(KEY, course.take(hit(2, "another")).state, None)

    assert partition(table, SHORT).get(KEY) == course.state
