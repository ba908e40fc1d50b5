"""Windows: the states of a partition in the table, found again and swept."""

from services.matcher.adapters.windows import Windows
from services.matcher.domain.state import State
from tests.matcher.builders import NOON, RULE, hit
from tests.matcher.course import Course

NAME = (RULE.pack, RULE.name)
KEY = hit(0).key


def state(*hours: float) -> State:
    return Course(RULE).take(*(hit(at, f"e{at}") for at in hours)).state


def test_the_keys_of_a_partition_are_those_of_its_states_whatever_its_rules() -> None:
    table: dict[bytes, bytes] = {}
    windows = Windows(table, {NAME: RULE})
    windows.keep(1, KEY, state(0, 100), NOON)
    windows.keep(11, b'["iraq","joint_march","other"]', state(0), NOON)

    assert list(Windows(table, {}).keys(1)) == [KEY]
    assert list(Windows(table, {}).keys(0)) == []
