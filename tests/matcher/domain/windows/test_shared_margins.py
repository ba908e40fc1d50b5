"""What may come and go of the terms of windows that all fire, by a few hits that prove it."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.rule import Condition
from services.matcher.domain.windows.cluster import MOST_TERMS
from services.matcher.domain.windows.ordered import Ordered
from services.matcher.domain.windows.shared_margins import find_shared_margins
from services.matcher.domain.windows.state import Hit, make_hit
from services.matcher.domain.windows.window import measure_window, window_hits
from tests.matcher.any_hits import any_hit
from tests.matcher.builders import SHARED, by, hit

PAIR = replace(SHARED, condition=Condition(gte=2))
FEW = 4
"""Times that are asked together."""


def term_hit(hours: float, term: str, user: str) -> Hit:
    return make_hit(by((user,), hit(hours, f"{term} by {user} at {hours}", values=(term,))))


def fires(hits: Ordered[Hit], time: int, least: int = 2) -> bool:
    return (measure_window(PAIR, window_hits(PAIR, hits, time), time) or 0) >= least


@given(st.integers(0, 2**32))
def test_all_times_fire_and_go_on_while_no_more_hits_go_than_there_are_proofs(seed: int) -> None:
    chance = Random(seed)  # noqa: S311  (hits, no secret)
    latest = chance.choice((6, 24))
    hits = Ordered.of(any_hit(PAIR, chance, number, ("threat",), latest) for number in range(30))
    place = chance.randrange(len(hits))
    times = sorted({one.at for one in hits[place : place + FEW]})

    margins = find_shared_margins(PAIR, hits, times)
    if margins is None:
        return
    early = [one for one in hits if one.first < margins.lost_before]
    others = [one for one in hits if one.first >= margins.lost_before]
    for one in [*early, *chance.sample(others, min(len(others), int(margins.removed)))]:
        hits = hits.remove(one)

    assert all(fires(hits, time) for time in times)


@pytest.mark.parametrize(("users", "proofs"), [(1, 0), (2, 1), (3, 1), (4, 2), (6, 3)])
def test_each_proof_has_hits_of_its_own(users: int, proofs: int) -> None:
    hits = Ordered.of(term_hit(0, "iraqi front", f"user {number}") for number in range(users))

    margins = find_shared_margins(PAIR, hits, [hits[0].at])

    assert (0 if margins is None else margins.removed + 1) == proofs


def test_no_more_terms_may_come_than_are_compared_beside_those_that_prove_it() -> None:
    hits = Ordered.of(term_hit(1, "iraqi front", user) for user in ("iran", "badr"))
    margins = find_shared_margins(PAIR, hits, [hits[0].at])
    assert margins is not None
    later = [term_hit(1, f"{number:064b}", "zulu") for number in range(int(margins.added))]

    assert margins.added == MOST_TERMS - 1
    assert fires(Ordered.of([*hits, *later]), hits[0].at)


def test_hits_before_those_that_prove_it_may_come_and_go() -> None:
    hits = Ordered.of(term_hit(1, "iraqi front", user) for user in ("iran", "badr"))

    margins = find_shared_margins(PAIR, hits, [hits[0].at])

    assert margins is not None
    assert margins.free_before == margins.lost_before == hits[0].at


def test_fewer_than_so_many_users_are_proven_by_no_hits() -> None:
    hits = Ordered.of(term_hit(1, "iraqi front", user) for user in ("iran", "badr"))
    fewer = replace(SHARED, condition=Condition(lt=3))

    assert find_shared_margins(fewer, hits, [hits[0].at]) is None
