import json
from dataclasses import replace as changed

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.matcher.domain.windows.panes import (
    LARGEST_CHUNK,
    Head,
    assemble_state,
    decode_front,
    decode_head,
    encode_head,
    encode_pane,
    split_hits,
)
from services.matcher.domain.windows.state import AnnouncedAlert, FiringRun, Hit, WindowState
from tests.matcher.builders import HOUR, NOON, RULE, hit
from tests.matcher.course import WindowCourse

hours = st.integers(0, 400).map(float)
STATE = WindowCourse(RULE).take(hit(0), hit(1), hit(2)).state


@given(st.lists(hours, max_size=30))
def test_a_state_comes_back_whole_from_its_panes(times: list[float]) -> None:
    state = WindowCourse(RULE).take(*(hit(at, f"e{n}") for n, at in enumerate(times))).state

    panes = split_hits(RULE, state)
    parts = {pane: encode_pane(hits) for pane, hits in panes.items()}

    assert assemble_state(decode_head(encode_head(state, panes)), parts.get) == state


def test_the_head_holds_no_hit() -> None:
    state = WindowCourse(RULE).take(hit(0), hit(1)).state

    assert decode_head(encode_head(state, split_hits(RULE, state))).state.hits == ()


def test_a_pane_with_many_hits_lies_in_chunks() -> None:
    state = WindowCourse(RULE).take(*(hit(n / 10_000) for n in range(LARGEST_CHUNK + 1))).state

    assert sorted(map(len, split_hits(RULE, state).values())) == [1, LARGEST_CHUNK]


def test_a_key_that_is_full_lets_the_oldest_hits_go_and_keeps_counting() -> None:
    full = changed(RULE, max_hits=20)
    course = WindowCourse(full)

    for number in range(100):
        course.take(hit(number / 100))

    assert len(course.state.hits) <= 21
    assert course.summaries() == {(NOON + 0.02 * HOUR, "high", 100)}


def test_an_empty_state_has_no_pane() -> None:
    assert split_hits(RULE, WindowState.empty()) == {}


VERSION_1: dict[type[msgspec.Struct], str] = {
    Head: "version offset timing due panes state",
    Hit: "at identity base story owners recorded backfill values fields report by revision length",
    FiringRun: "start firings value dropped corroborated",
    AnnouncedAlert: "id revision status start last level value count detected updated resolved "
    "uncorroborated late backfill reason",
}


@pytest.mark.parametrize("struct", VERSION_1, ids=lambda struct: struct.__name__)
def test_fields_are_only_added_at_the_end_and_with_a_default(struct: type[msgspec.Struct]) -> None:
    fields = msgspec.structs.fields(struct)
    known = VERSION_1[struct].split()

    assert [field.name for field in fields[: len(known)]] == known
    assert all(not field.required for field in fields[len(known) :])


def test_a_state_is_read_without_what_a_later_writer_added() -> None:
    state = replace(STATE, runs=(*STATE.runs, FiringRun(0, (0,), 1)))
    (pane, hits), *_ = split_hits(RULE, state).items()
    head = json.loads(encode_head(state, [pane]))
    kept = head[-1] | {"added": 1}
    kept |= {name: [[*item, 1] for item in kept[name]] for name in ("runs", "announced")}
    later = [1, [[*hit, 1] for hit in json.loads(encode_pane(hits))[1]], 1]

    read = decode_head(json.dumps([*head[:-1], kept, 1]).encode())

    assert decode_front(json.dumps([*head[:-1], kept, 1]).encode()).panes == (pane,)
    assert assemble_state(read, {pane: json.dumps(later).encode()}.get) == replace(state, hits=hits)


def test_a_state_is_read_with_defaults_for_what_an_earlier_writer_did_not_know() -> None:
    state = WindowCourse(RULE).take(hit(0)).state
    (pane, hits), *_ = split_hits(RULE, state).items()
    head = json.loads(encode_head(state, [pane]))
    del head[-1]["dropped_live"]
    earlier = [1, [hit[:10] for hit in json.loads(encode_pane(hits))[1]]]

    read = decode_head(json.dumps(head).encode())

    assert assemble_state(read, {pane: json.dumps(earlier).encode()}.get) == state


def test_a_part_of_another_schema_version_is_refused_by_its_number() -> None:
    state = WindowCourse(RULE).take(hit(0)).state
    (pane, hits), *_ = split_hits(RULE, state).items()
    head = b"[2" + encode_head(state, [pane])[2:]
    part = b"[2" + encode_pane(hits)[2:]

    for decode in (decode_front, decode_head):
        with pytest.raises(msgspec.ValidationError, match="schema version 2, not 1"):
            decode(head)
    with pytest.raises(msgspec.ValidationError, match="schema version 2, not 1"):
        assemble_state(decode_head(encode_head(state, [pane])), {pane: part}.get)
