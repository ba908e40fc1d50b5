"""A key that holds too many hits settles those of the owner that holds most."""

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from schemas.rule import Condition, CorrelationType, Corroboration
from schemas.signal import Signal
from services.matcher.domain.alerts.excess import choose_excess
from services.matcher.domain.windows.ordered import Ordered
from services.matcher.domain.windows.state import Hit, make_hit
from tests.matcher.any_hits import RULES
from tests.matcher.builders import HOUR, NOON, RULE, hit, of
from tests.matcher.course import WindowCourse

FULL = replace(RULE, condition=Condition(gte=1), max_hits=10)
SECOND = 1 / 3600
OWNERS = ("reuters", "afp", "ap")


def flood(number: int, owner: str = "flood") -> list[Signal]:
    """So many hits of one owner, a second apart."""
    return [hit(1 + second * SECOND, f"f{second}", owner=owner) for second in range(number)]


@st.composite
def held(draw: st.DrawFn) -> Ordered[Hit]:
    hits = []
    for number in range(draw(st.integers(1, 30))):
        made = make_hit(hit(draw(st.integers(0, 20)), f"e{number}"))
        owners = draw(st.lists(st.sampled_from(OWNERS), min_size=1, max_size=2))
        hits.append(changed(made, owners=tuple(owners)))
        if draw(st.integers(0, 4)) == 0:
            hits.append(changed(hits[-1], base="other"))
    return Ordered.of(hits)


def choose_plainly(hits: Ordered[Hit], most: int) -> list[Hit]:
    left, gone = list(hits), list[Hit]()
    while len(left) > most:
        count = Counter(owner for one in left for owner in set(one.owners))
        richest = [one for one in left if max(count.values()) in map(count.get, one.owners)]
        event = [one for one in left if one.identity == richest[0].identity]
        gone += event
        left = [one for one in left if one not in event]
    return gone


@given(held(), st.integers(0, 30))
def test_it_is_always_the_oldest_hit_of_the_owner_that_holds_most(
    hits: Ordered[Hit], most: int
) -> None:
    chosen = choose_excess(hits, most)

    assert sorted(map(key, chosen)) == sorted(map(key, choose_plainly(hits, most)))


def key(one: Hit) -> tuple[str, str]:
    return one.key


def test_a_flood_leaves_the_hits_of_others_where_they_are() -> None:
    course = WindowCourse(FULL).take(hit(0, owner="afp"), *flood(100), hit(2, owner="ap"))

    owners = Counter(one.owners[0] for one in course.state.hits)
    assert (owners["afp"], owners["ap"]) == (1, 1)
    assert len(course.state.hits) <= FULL.max_hits + 1
    assert course.summaries() == {(NOON, "high", 102)}


def test_what_came_before_a_flood_still_corroborates_what_comes_after_it() -> None:
    asked = Corroboration(sources=3, within=3 * HOUR)
    course = WindowCourse(replace(FULL, corroboration=asked))

    course.take(hit(0, owner="afp"), *flood(100))
    assert course.last.uncorroborated

    course.take(hit(2, owner="ap"))
    assert not course.last.uncorroborated


def test_the_first_step_of_an_order_survives_a_flood_of_the_last() -> None:
    rule = replace(
        FULL,
        type=CorrelationType.TEMPORAL_ORDERED,
        bases=("first", "flood", "last"),
        condition=Condition(gte=3),
    )
    course = WindowCourse(rule).take(of("first", hit(0, owner="afp")))

    course.take(*(of("flood", one) for one in flood(100)), of("last", hit(2, owner="ap")))

    assert [alert.evidence_count for alert in course.final] == [len(course.state.hits)]
    assert {one.source for one in course.last.evidence} == {"afp", "flood", "ap"}


def test_as_many_firing_times_are_kept_as_hits_and_rules_above_need() -> None:
    rule = replace(FULL, is_counted=True, resolve_after=HOUR)
    course = WindowCourse(rule).take(hit(0, owner="afp"), hit(0.5, owner="afp"), *flood(1_300))

    (run,) = course.state.runs[:1]
    assert run.start == course.state.hits[0].at
    assert len(run.firings) < 1_100
    assert course.summaries() == {(NOON, "high", 1_302)}


@given(st.sampled_from(sorted(RULES)), st.data())
def test_restarts_change_nothing_of_a_key_that_is_full(name: str, data: st.DataObject) -> None:
    rule = replace(RULES[name], max_hits=10)
    hours = data.draw(st.lists(st.integers(0, 40), min_size=11, max_size=25))
    stream = [
        of(
            data.draw(st.sampled_from(rule.bases)),
            hit(hour / 4, f"e{n}", values=("3",), owner=data.draw(st.sampled_from(OWNERS))),
        )
        for n, hour in enumerate(hours)
    ]
    whole, restarted = (WindowCourse(rule, since=NOON - 20 * HOUR) for _ in range(2))

    for signal in stream:
        whole.take(signal)
        restarted.take(signal).restore()
        assert len(whole.state.hits) <= rule.max_hits + 1

    assert whole.alerts == restarted.alerts
