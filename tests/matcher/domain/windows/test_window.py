"""Windows: which hits a window holds, and which of two deliveries of a hit counts."""

from dataclasses import replace
from itertools import permutations

import msgspec
import pytest

from schemas.signal import Signal
from services.matcher.domain.windows.ordered import Ordered
from services.matcher.domain.windows.state import Hit, make_hit, micros
from services.matcher.domain.windows.window import (
    add_hit,
    find_window_evidence,
    find_window_firings,
    hits_between,
    window_hits,
)
from tests.matcher.builders import HOUR, NOON, RULE, hit

CERTAIN = replace(RULE, certain=True)


def at(*hours: float) -> tuple[Hit, ...]:
    return tuple(make_hit(hit(hour)) for hour in hours)


def time(hours: float) -> int:
    return micros(NOON + hours * HOUR)


def lasting(hours: float, until: float) -> Hit:
    signal = hit(hours).model_copy(update={"occurred_until": NOON + until * HOUR})
    return make_hit(signal, certain=True)


FIRST = hit(0, "e", values=("first",))
LATER = hit(0, "e", values=("later",), late=HOUR)
REVISED = LATER.model_copy(update={"revision": 2, "values": ("revised",)})


@pytest.mark.parametrize(
    ("deliveries", "value"),
    [
        ((FIRST, LATER), "first"),
        ((FIRST, LATER, REVISED), "revised"),
    ],
    ids=["recorded first", "highest revision"],
)
def test_one_of_several_deliveries_counts_in_any_order(
    deliveries: tuple[Signal, ...], value: str
) -> None:
    for order in permutations(deliveries):
        hits: Ordered[Hit] = Ordered()
        for signal in order:
            hits = add_hit(hits, make_hit(signal))

        assert [known.values for known in hits] == [(value,)]


def test_a_hit_delivered_live_and_by_backfill_is_live_in_any_order() -> None:
    live = make_hit(FIRST)
    backfilled = msgspec.structs.replace(live, backfill=True)

    assert add_hit(Ordered.of([live]), backfilled) == (live,)
    assert add_hit(Ordered.of([backfilled]), live) == (live,)
    assert add_hit(Ordered.of([backfilled]), backfilled) == (backfilled,)


def test_hits_of_one_time_are_counted_together() -> None:
    hits = (*at(0), make_hit(hit(1, "a")), make_hit(hit(1, "b")), *at(5))

    assert list(find_window_firings(RULE, hits)) == [(time(1), 3)]


def test_hits_are_sorted_by_time_whatever_the_order_of_arrival() -> None:
    for order in permutations(at(0, 1, 2)):
        hits: Ordered[Hit] = Ordered()
        for arrival in order:
            hits = add_hit(hits, arrival)

        assert hits == at(0, 1, 2)


def test_an_interval_of_time_is_open_at_its_beginning_and_closed_at_its_end() -> None:
    assert hits_between(at(0, 1, 2, 3), time(0), time(2)) == at(1, 2)


def test_a_window_is_open_at_its_beginning_and_closed_at_its_end() -> None:
    assert [*window_hits(RULE, at(0, 1, 4, 5), time(4))] == [*at(1, 4)]


def test_a_window_holds_a_hit_with_a_length_only_whole() -> None:
    hits = (lasting(0, 2), lasting(0.5, 3))

    assert window_hits(CERTAIN, hits, time(4)) == [hits[1]]


def test_the_evidence_of_a_firing_time_is_what_its_window_holds() -> None:
    assert find_window_evidence(RULE, at(0, 1, 4, 5), [time(4)]) == at(1, 4)


def test_a_rule_of_certain_intervals_fires_at_the_end_of_one() -> None:
    hits = (lasting(0, 2), lasting(0.5, 3), lasting(1, 4), lasting(2, 4))

    assert list(find_window_firings(CERTAIN, hits)) == [(time(4), 3)]
