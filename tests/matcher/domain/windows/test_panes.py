import json
from dataclasses import replace as changed

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.version import SCHEMA_VERSION, NewerSchema
from services.matcher.domain.windows.announced_alerts import AnnouncedAlert
from services.matcher.domain.windows.assemble import assemble_state
from services.matcher.domain.windows.ordered import LARGEST_PANE
from services.matcher.domain.windows.panes import (
    Head,
    decode_front,
    decode_head,
    decode_pane,
    encode_head,
    encode_pane,
    name_alerts,
    name_panes,
    split_events,
)
from services.matcher.domain.windows.state import FiringRun, Hit, WindowState
from tests.matcher.builders import HOUR, NOON, RULE, hit, retraction
from tests.matcher.course import WindowCourse

MOST_CHANGED = 2
hours = st.integers(0, 400).map(float)
STATE = WindowCourse(RULE).take(hit(0), hit(1), hit(2)).state


@given(st.lists(hours, max_size=30))
def test_a_state_comes_back_whole_from_its_panes(times: list[float]) -> None:
    state = WindowCourse(RULE).take(*(hit(at, f"e{n}") for n, at in enumerate(times))).state

    others = split_events(state) | name_alerts(state.announced.panes[:-1])
    panes = {**others, **name_panes(state.hits.panes)}
    read = {pane: decode_pane(pane, encode_pane(pane, items)) for pane, items in panes.items()}

    assert assemble_state(decode_head(encode_head(state, others)), read) == state


def test_the_head_holds_no_hit() -> None:
    state = WindowCourse(RULE).take(hit(0), hit(1)).state

    assert decode_head(encode_head(state, split_events(state))).state.hits == ()


@pytest.mark.parametrize("spread", [1, 1e-4, 0])
def test_no_pane_has_many_items_whatever_their_times(spread: float) -> None:
    taken = range(5 * LARGEST_PANE)
    signals = [hit(number * spread, f"e{number}") for number in taken]
    retracted = [retraction(number * spread, f"r{number}") for number in taken]

    state = WindowCourse(RULE).take(*signals, *retracted).state
    panes = {**split_events(state), **name_panes(state.hits.panes)}

    assert max(map(len, panes.values())) <= LARGEST_PANE
    assert sum(map(len, panes.values())) == 10 * LARGEST_PANE


@given(st.lists(hours, max_size=100), hours)
def test_another_hit_makes_one_pane_anew_or_two_of_it(times: list[float], added: float) -> None:
    course = WindowCourse(RULE).take(*(hit(at, f"e{n}") for n, at in enumerate(times)))
    before = name_panes(course.state.hits.panes)

    after = name_panes(course.take(hit(added, "added")).state.hits.panes)

    assert sum(before.get(pane) != items for pane, items in after.items()) <= MOST_CHANGED


def test_a_key_that_is_full_lets_the_oldest_hits_go_and_keeps_counting() -> None:
    full = changed(RULE, max_hits=20)
    course = WindowCourse(full)

    for number in range(100):
        course.take(hit(number / 100))

    assert len(course.state.hits) <= 21
    assert course.summaries() == {(NOON + 0.02 * HOUR, "high", 100)}


def test_an_empty_state_has_no_pane() -> None:
    assert split_events(WindowState.empty()) == {}
    assert WindowState.empty().hits.panes == ()


VERSION_1: dict[type[msgspec.Struct], str] = {
    Head: "version offset timing due numbered dated state",
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
    (pane, items), *_ = name_panes(state.hits.panes).items()
    head = json.loads(encode_head(state, ()))
    kept = head[-1] | {"added": 1}
    kept |= {name: [[*item, 1] for item in kept[name]] for name in ("runs", "announced")}
    later = [1, [[*hit, 1] for hit in json.loads(encode_pane(pane, items))[1]], 1]

    read = decode_head(json.dumps([*head[:-1], kept, 1]).encode())

    assert decode_front(json.dumps([*head[:-1], kept, 1]).encode()).panes == (pane,)
    panes = {pane: decode_pane(pane, json.dumps(later).encode())}
    assert assemble_state(read, panes) == replace(state, hits=items)


def test_a_state_is_read_with_defaults_for_what_an_earlier_writer_did_not_know() -> None:
    state = WindowCourse(RULE).take(hit(0)).state
    (pane, items), *_ = name_panes(state.hits.panes).items()
    head = json.loads(encode_head(state, ()))
    del head[-1]["dropped_live"]
    earlier = [1, [hit[:10] for hit in json.loads(encode_pane(pane, items))[1]]]

    read = decode_head(json.dumps(head).encode())

    panes = {pane: decode_pane(pane, json.dumps(earlier).encode())}
    assert assemble_state(read, panes) == state


def test_a_part_of_a_later_release_is_refused_by_its_number() -> None:
    state = WindowCourse(RULE).take(hit(0)).state
    (pane, items), *_ = name_panes(state.hits.panes).items()
    later = b"[%d" % (SCHEMA_VERSION + 1)
    head = later + encode_head(state, ())[2:]
    part = later + encode_pane(pane, items)[2:]

    for decode in (decode_front, decode_head):
        with pytest.raises(NewerSchema, match="upgrade"):
            decode(head)
    with pytest.raises(NewerSchema, match="upgrade"):
        decode_pane(pane, part)


def test_a_part_of_a_later_release_in_another_form_is_refused_by_its_number() -> None:
    with pytest.raises(NewerSchema):
        decode_front(b'[%d,"offset",{}]' % (SCHEMA_VERSION + 1))


def test_a_part_of_no_release_is_malformed() -> None:
    with pytest.raises(msgspec.ValidationError):
        decode_front(b'[%d,"offset",{}]' % SCHEMA_VERSION)
