"""Ordered hits, beside a sorted list of the same ones."""

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from services.matcher.domain.windows.ordered import LARGEST_PANE, NumberedPane, Ordered
from services.matcher.domain.windows.state import Hit, make_hit, span
from tests.matcher.builders import HOUR, hit

MOST_NEW = 2
places = st.integers(0, 60)
HITS = [make_hit(hit(number // 2, f"e{number}")) for number in range(61)]


@st.composite
def histories(draw: st.DrawFn) -> list[Ordered[Hit]]:
    """Values, each made of the one before."""
    values: list[Ordered[Hit]] = [Ordered()]
    for place in draw(st.lists(places, max_size=120)):
        before, one = values[-1], HITS[place]
        if draw(st.integers(0, 30)) == 0:
            values.append(before.drop_until(one.at))
        else:
            known = before.of_identity(one.identity)
            values.append(before.remove(one) if known else before.add(one))
    return values


def sort(hits: Ordered[Hit]) -> list[Hit]:
    return sorted(hits, key=lambda one: one.order)


@given(histories())
def test_items_are_in_order_and_found_whatever_came_and_went(values: list[Ordered[Hit]]) -> None:
    last = values[-1]

    assert list(last) == sort(last)
    assert len(last) == len(list(last)) == len(Ordered.of(last))
    assert all(last.of_identity(one.identity) == (one,) for one in last)
    assert [last[place] for place in range(len(last))] == list(last)
    assert all(0 < len(pane.items) <= LARGEST_PANE for pane in last.panes)


@given(histories(), places, places)
def test_items_of_a_time_are_those_that_a_list_has(
    values: list[Ordered[Hit]], first: int, last: int
) -> None:
    hits, after, until = values[-1], HITS[first].at, HITS[last].at

    assert hits.between(after, until) == [one for one in hits if after < one.at <= until]
    assert list(hits.backwards(until)) == [one for one in hits if one.at <= until][::-1]


@given(histories(), places)
def test_alerts_of_a_time_are_those_that_last_into_it(
    values: list[Ordered[Hit]], place: int
) -> None:
    after = HITS[place].at
    lasting = Ordered.of(last_for(one, number % 7) for number, one in enumerate(values[-1]))
    for one in [*lasting][::3]:
        lasting = lasting.remove(one)

    for until in (one.first for one in lasting):
        begun = [one for one in lasting if one.first <= until]
        assert lasting.overlapping(after, until) == [one for one in begun if one.at > after]
        assert [*lasting.backwards_begun(until)] == begun[::-1]


def last_for(one: Hit, hours: int) -> Hit:
    return changed(one, firings=(one.at - hours * span(HOUR), one.at))


@given(histories())
def test_values_differ_in_the_panes_that_only_one_of_them_has(values: list[Ordered[Hit]]) -> None:
    for before, after in pairwise(values):
        gone, new = after.compare(before)

        assert name_hits(gone) ^ name_hits(new) == name_hits(before.panes) ^ name_hits(after.panes)
        assert len(new) <= MOST_NEW


@given(histories())
def test_what_a_number_names_is_only_ever_added_to(values: list[Ordered[Hit]]) -> None:
    for before, after in pairwise(values):
        known = {pane.number: pane for pane in before.panes}
        for pane in after.panes:
            if pane.number in known:
                assert name_hits([pane]) >= name_hits([known[pane.number]])


def name_hits(panes: Sequence[NumberedPane[Hit]]) -> set[str]:
    return {one.identity for pane in panes for one in pane.items}
