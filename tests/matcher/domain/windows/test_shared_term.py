from collections.abc import Callable
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.fuzz import token_sort_ratio

from services.matcher.domain.windows.cluster import (
    MOST_TERMS,
    SharedTerm,
    SharedTermInAnyOrder,
    find_largest_cluster,
)
from services.matcher.domain.windows.state import Hit, make_hit
from tests.matcher.builders import SHARED, by, hit
from tests.matcher.course import WindowCourse

SPELLINGS = ("iraqi resistance front", "resistance front iraqi", "iraqi resistance fronts")


def term_hit(hours: float, term: str, *users: str) -> Hit:
    return make_hit(by(users, hit(hours, values=(term,))))


def test_spellings_of_one_name_by_enough_speakers_fire() -> None:
    course = WindowCourse(SHARED)

    for hour, (term, user) in enumerate(zip(SPELLINGS, ("badr", "kh", "aah"), strict=True)):
        course.take(by((user,), hit(hour, values=(term,))))

    assert course.last.value == 3
    assert course.last.explain.startswith(
        "3 distinct values of actor_ids share one term (iraqi resistance front, iraqi resistance "
        "fronts, resistance front iraqi) in the 4 hours up to"
    )


def test_different_names_do_not_add_up() -> None:
    course = WindowCourse(SHARED)

    for hour, term in enumerate(("badr brigades", "promised day", "league of the righteous")):
        course.take(by((f"user {hour}",), hit(hour, values=(term,))))

    assert course.alerts == []


def test_one_speaker_who_repeats_the_name_counts_once() -> None:
    course = WindowCourse(SHARED).take(
        *(by(("badr",), hit(hour, values=(term,))) for hour, term in enumerate(SPELLINGS))
    )

    assert course.alerts == []


def test_the_largest_cluster_counts_then_the_one_with_the_least_term() -> None:
    hits = [term_hit(0, "zulu", "a"), term_hit(1, "alpha", "b"), term_hit(2, "mike", "c", "d")]

    assert getattr(find_largest_cluster(hits, 85), "terms", None) == ("mike",)
    assert getattr(find_largest_cluster(hits[:2], 85), "terms", None) == ("alpha",)


def test_terms_as_similar_as_asked_are_linked() -> None:
    hits = [term_hit(0, "ab", "a"), term_hit(1, "ac", "b")]
    assert token_sort_ratio("ab", "ac") == 50

    assert getattr(find_largest_cluster(hits, 50), "terms", None) == ("ab", "ac")
    assert getattr(find_largest_cluster(hits, 50.001), "terms", None) == ("ab",)


def test_of_too_many_terms_those_used_last_are_compared() -> None:
    numbers = range(MOST_TERMS)
    hits = [term_hit(-1, "alpha", "a", "b"), *(term_hit(n, f"{n:09}", "c") for n in numbers)]

    assert getattr(find_largest_cluster(hits[:-1], 100), "terms", None) == ("alpha",)
    assert getattr(find_largest_cluster(hits, 100), "terms", None) == (f"{0:09}",)


words = st.sampled_from(["front", "fronts", "iraqi", "iraq", "league", "resistance"])
terms = st.lists(words, min_size=1, max_size=3).map(" ".join)


@given(st.lists(st.tuples(terms, st.sampled_from("abcd")), max_size=10), st.integers(60, 100))
def test_clusters_are_what_links_directly_or_through_others(
    spoken: list[tuple[str, str]], similarity: int
) -> None:
    hits = [term_hit(number, term, user) for number, (term, user) in enumerate(spoken)]

    cluster = find_largest_cluster(hits, similarity)

    assert (None if cluster is None else (cluster.terms, cluster.by)) == _by_hand(
        spoken, similarity
    )


@given(
    st.lists(st.tuples(st.lists(terms, max_size=3), st.sampled_from("abcd")), max_size=20),
    st.integers(60, 100),
    st.data(),
)
@pytest.mark.parametrize("make", [SharedTerm, SharedTermInAnyOrder])
def test_hits_that_come_and_go_leave_the_clusters_of_those_that_are_there(
    make: Callable[..., SharedTerm],
    spoken: list[tuple[list[str], str]],
    similarity: int,
    data: st.DataObject,
) -> None:
    sliding, window = make(similarity, most=3), list[Hit]()

    for hour, (used, user) in enumerate(spoken):
        window.append(make_hit(by((user,), hit(hour, values=tuple(used)))))
        sliding.add(window[-1])
        for _ in range(data.draw(st.integers(0, 2))):
            if window:
                last = len(window) - 1 if make is SharedTermInAnyOrder else 0
                sliding.remove(window.pop(data.draw(st.integers(0, last))))

        anew = SharedTerm(similarity, most=3)
        for one in window:
            anew.add(one)
        assert sliding.find_largest() == anew.find_largest()
        assert sliding.value(0) == anew.value(0)


def _by_hand(
    spoken: list[tuple[str, str]], similarity: int
) -> tuple[tuple[str, ...], frozenset[str]] | None:
    groups = [{term} for term in {term for term, _ in spoken}]
    merged = True
    while merged:
        merged = False
        for left, right in combinations(groups, 2):
            if any(token_sort_ratio(a, b) >= similarity for a in left for b in right):
                groups = [group for group in groups if group not in (left, right)] + [left | right]
                merged = True
                break
    clusters = [
        (tuple(sorted(group)), frozenset(user for term, user in spoken if term in group))
        for group in groups
    ]
    return min(clusters, key=lambda cluster: (-len(cluster[1]), cluster[0]), default=None)
