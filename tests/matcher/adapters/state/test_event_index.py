"""The event index: it holds what the windows hold, whoever reads or writes them."""

from hypothesis import given
from hypothesis import strategies as st

from services.matcher.adapters.state.keyed_states import KeyedStates
from services.matcher.adapters.state.partition_states import States
from services.matcher.domain.changes.active_rules import ActiveRules
from services.matcher.domain.engine.keys import StateKey, StateKind
from services.matcher.domain.engine.processors import Processors
from services.matcher.domain.rules.rulebook import Rulebook
from services.matcher.domain.windows.state import WindowState
from tests.matcher.builders import RULE, hit, of
from tests.matcher.course import WindowCourse

RULES = ActiveRules(Rulebook(windows={(RULE.pack, RULE.name): RULE}))
KEYS = [
    StateKey(StateKind.WINDOW, hit(0).model_copy(update={"group": {"place": place}}).key)
    for place in ("a", "b")
]


def states(table: dict[bytes, bytes]) -> States:
    return States(KeyedStates(table), Processors.of(RULES))


def state(names: frozenset[int]) -> WindowState:
    """The state with these events, each a hit of two bases; many have the same time."""
    hits = [hit(number % 3, str(number)) for number in sorted(names)]
    return WindowCourse(RULE).take(*hits, *(of("other", one) for one in hits)).state


NAMES = st.frozensets(st.integers(0, 30))


@given(
    writes=st.lists(st.tuples(st.sampled_from(KEYS), st.none() | NAMES), max_size=6),
    asked=st.integers(0, 6),
)
def test_the_windows_of_an_event_are_those_that_hold_it(
    writes: list[tuple[StateKey, frozenset[int] | None]], asked: int
) -> None:
    table: dict[bytes, bytes] = {}
    partition = states(table).partition(1)
    held: dict[StateKey, frozenset[int]] = {}
    for number, (key, names) in enumerate(writes):
        if number == asked:
            partition.holding("reuters 0")
        if names is None:
            partition.delete(key)
        else:
            partition.put(key, state(names), None)
        held[key] = names or frozenset()

    for found in (partition, states(table).partition(1)):
        for name in range(31):
            holding = {key for key, names in held.items() if name in names}
            assert set(found.holding(f"reuters {name}")) == holding
    assert not states(table).partition(2).holding("reuters 0")


def test_the_index_is_as_large_as_what_the_windows_hold() -> None:
    partition = states({}).partition(1)
    partition.holding("any")
    partition.put(KEYS[0], state(frozenset(range(20))), None)

    partition.put(KEYS[0], state(frozenset({3})), None)

    assert partition.windows.events is not None
    assert list(partition.windows.events.windows) == ["reuters 3"]
