from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from services.matcher.domain.windows.panes import (
    LARGEST_CHUNK,
    decode_head,
    encode_head,
    encode_pane,
    panes_of,
    whole,
)
from services.matcher.domain.windows.state import WindowState
from tests.matcher.builders import HOUR, NOON, RULE, hit
from tests.matcher.course import WindowCourse

hours = st.integers(0, 400).map(float)


@given(st.lists(hours, max_size=30))
def test_a_state_comes_back_whole_from_its_panes(times: list[float]) -> None:
    state = WindowCourse(RULE).take(*(hit(at, f"e{n}") for n, at in enumerate(times))).state

    panes = panes_of(RULE, state)
    parts = {pane: encode_pane(hits) for pane, hits in panes.items()}

    assert whole(decode_head(encode_head(state, panes)), parts.get) == state


def test_the_head_holds_no_hit() -> None:
    state = WindowCourse(RULE).take(hit(0), hit(1)).state

    assert decode_head(encode_head(state, panes_of(RULE, state))).state.hits == ()


def test_a_pane_with_many_hits_lies_in_chunks() -> None:
    state = WindowCourse(RULE).take(*(hit(n / 10_000) for n in range(LARGEST_CHUNK + 1))).state

    assert sorted(map(len, panes_of(RULE, state).values())) == [1, LARGEST_CHUNK]


def test_a_key_that_is_full_lets_the_oldest_hits_go_and_keeps_counting() -> None:
    full = replace(RULE, max_hits=20)
    course = WindowCourse(full)

    for number in range(100):
        course.take(hit(number / 100))

    assert len(course.state.hits) <= 21
    assert course.summaries() == {(NOON + 0.02 * HOUR, "high", 100)}


def test_an_empty_state_has_no_pane() -> None:
    assert panes_of(RULE, WindowState.empty()) == {}
