"""New groups: a minute of recorded time that slides, a bounded memory, one owner each."""

from dataclasses import dataclass, field, replace

from schemas.rule import Condition
from schemas.signal import Signal
from services.matcher.domain.alerts.new_groups import GroupCounts, NewGroups
from services.matcher.domain.alerts.step import StepContext, step_window
from services.matcher.domain.windows.state import WindowState
from services.matcher.domain.windows.window_rule import WindowRule
from tests.matcher.builders import ALONE, HOUR, NOON, RULE, hit

LIMIT = 3
SECOND = 1_000_000
TWICE = replace(RULE, condition=Condition(gte=2))


def known(*seconds: int) -> NewGroups:
    groups = NewGroups()
    for number, at in enumerate(seconds):
        groups = groups.add(f"g{number}", at * SECOND, LIMIT)
    return groups


def test_a_group_is_past_the_limit_when_so_many_others_came_in_the_minute_before() -> None:
    assert not known(0, 1).is_past("new", 2 * SECOND, LIMIT)
    assert known(0, 1, 2).is_past("new", 3 * SECOND, LIMIT)


def test_the_minute_slides_and_does_not_hold_its_beginning() -> None:
    groups = known(0, 30, 59)

    assert groups.is_past("new", 60 * SECOND - 1, LIMIT)
    assert not groups.is_past("new", 60 * SECOND, LIMIT)


def test_a_group_that_comes_again_counts_once() -> None:
    groups = known(0, 1, 2)

    assert not groups.is_past("g1", 3 * SECOND, LIMIT)
    assert groups.add("g1", 3 * SECOND, LIMIT) == groups


def test_what_is_kept_is_bounded_and_the_newest() -> None:
    groups = known(*range(1000))

    assert sorted(groups.times.values()) == [at * SECOND for at in range(996, 1000)]


def test_a_group_from_a_partition_that_lags_behind_is_judged_with_the_newest() -> None:
    assert known(100, 101, 102).is_past("new", 10 * SECOND, LIMIT)
    assert not known(100, 130, 160).is_past("new", 10 * SECOND, LIMIT)


@dataclass
class Windows:
    """The windows of a rule in one partition, and its new groups."""

    rule: WindowRule = ALONE
    states: dict[bytes, WindowState] = field(default_factory=dict)
    groups: dict[bytes, NewGroups] = field(default_factory=dict)
    marks: list[bool] = field(default_factory=list)

    def take(self, number: int, *signals: Signal) -> "Windows":
        for signal in signals:
            self._step(signal.model_copy(update={"group": {"names": f"front {number}"}}))
        return self

    def _step(self, signal: Signal) -> None:
        state = self.states.get(signal.key, WindowState.empty())
        context = StepContext(
            state.offset + 1, None, NOON, counts=GroupCounts(LIMIT, self.groups.get)
        )
        result = step_window(self.rule, state, signal, context)
        assert result.state is not None
        self.states[signal.key] = result.state
        self.groups |= result.counted
        self.marks += [alert.storm for alert in result.alerts]


def test_an_alert_with_evidence_of_two_owners_is_neither_marked_nor_counted() -> None:
    windows = Windows(TWICE)
    for number in range(10):
        windows.take(number, hit(0, f"a{number}"), hit(0, f"b{number}", owner="afp"))

    assert windows.marks == [False] * 10
    assert windows.groups == {}


def test_the_evidence_of_a_storm_may_be_several_reports_of_its_owner() -> None:
    windows = Windows(TWICE)
    for number in range(5):
        windows.take(number, hit(0, f"a{number}"), hit(0, f"b{number}"))

    assert windows.marks == [False] * LIMIT + [True] * 2


def test_owners_are_counted_singly() -> None:
    windows = Windows()
    for number in range(LIMIT):
        windows.take(number, hit(0, f"a{number}"))
        windows.take(100 + number, hit(0, f"b{number}", owner="afp"))

    assert windows.marks == [False] * 2 * LIMIT


def test_reports_of_last_week_that_come_now_are_new_groups_of_now() -> None:
    windows = Windows()
    for number in range(5):
        windows.take(number, hit(-number * 24, f"a{number}", late=number * 24 * HOUR))

    assert windows.marks == [False] * LIMIT + [True] * 2


def test_drills_have_storms_of_their_own() -> None:
    windows = Windows()
    for number in range(LIMIT):
        windows.take(number, hit(0, f"a{number}").model_copy(update={"exercise": True}))
    windows.take(99, hit(0, "real"))

    assert windows.marks == [False] * (LIMIT + 1)
