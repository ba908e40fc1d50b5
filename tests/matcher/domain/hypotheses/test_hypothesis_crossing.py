"""Crossings solved in time, against the levels found by sampling every microsecond."""

from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.matcher.domain.hypotheses.change import AlertChange
from services.matcher.domain.hypotheses.crossing import Crossing, find_crossings, find_sign_changes
from services.matcher.domain.hypotheses.hypothesis import Indicator, WatchedHypothesis
from services.matcher.domain.hypotheses.scheduled import ScheduledSpan
from services.matcher.domain.hypotheses.score import ScoreCurve
from tests.examples import scale_examples
from tests.matcher.builders import HOUR, NOON
from tests.matcher.hypotheses import HypothesisRun, hypothesis, observe, withdraw

STEPS = 20_000
RULES = ("a", "b", "c", "d")

weights = st.sampled_from([-3.0, -1.0, 0.5, 1.0, 2.0, 4.0])
half_lives = st.sampled_from([None, 1_000, 4_000, 5_000, 40_000])
indicators = st.tuples(
    *(st.builds(Indicator, st.just(rule), weights, half_lives) for rule in RULES)
)
factors = st.dictionaries(st.sampled_from(RULES), st.sampled_from([0.5, 1.5, 3.0]), min_size=1)
spans = st.builds(
    lambda start, length, factors: ScheduledSpan("march", start, start + length, factors),
    st.integers(-5_000, 20_000),
    st.integers(1, 10_000),
    factors,
)
times = st.lists(st.integers(-20_000, 50_000), max_size=4).map(
    lambda known: tuple(sorted(set(known)))
)


@st.composite
def score_curves(draw: st.DrawFn) -> ScoreCurve:
    watched = replace(
        hypothesis(),
        indicators=draw(indicators),
        thresholds=(1.0, 2.0, 3.0),
        hysteresis=draw(st.sampled_from([0.7, 0.9, 1.0])),
        scheduled=tuple(draw(st.lists(spans, max_size=2))),
    )
    return ScoreCurve(watched, {rule: draw(times) for rule in RULES})


def sample(curve: ScoreCurve, rank: int, until: int) -> list[Crossing]:
    """The crossings found by asking every microsecond: the curves of these tests are short."""
    crossings = []
    for t in range(1, until + 1):
        after = curve.rank_after(rank, t)
        if after != rank:
            rank = after
            crossings.append(Crossing(t, rank))
    return crossings


@given(score_curves(), st.integers(0, 3))
@settings(max_examples=scale_examples(60))
def test_crossings_are_those_found_by_asking_every_microsecond(
    curve: ScoreCurve, rank: int
) -> None:
    assert list(find_crossings(curve, Crossing(0, rank), STEPS)) == sample(curve, rank, STEPS)


def test_of_what_was_observed_before_only_the_newest_has_an_end() -> None:
    indicator = Indicator("for", 1.0, 1_000)
    assert indicator.expires_after is not None
    curve = ScoreCurve(replace(hypothesis(), indicators=(indicator,)), {"for": tuple(range(500))})

    assert curve.breakpoints(after=499) == [499 + indicator.expires_after]


def test_a_level_is_reached_between_two_breakpoints_where_a_contra_indicator_fades_first() -> None:
    watched = replace(
        hypothesis(),
        indicators=(Indicator("for", 4.0, 400_000), Indicator("against", -4.0, 200_000)),
        thresholds=(0.95, 5.0, 9.0),
    )
    curve = ScoreCurve(watched, {"for": (0,), "against": (0,)})

    crossings = list(find_crossings(curve, Crossing(-1, 0), 20_000_000))

    assert [crossing.rank for crossing in crossings] == [1, 0]
    assert curve.score(crossings[0].at - 1) < 0.95 <= curve.score(crossings[0].at)
    assert curve.score(crossings[1].at) < 0.95 * 0.9 <= curve.score(crossings[1].at - 1)


def test_a_sum_of_powers_changes_its_sign_as_often_as_its_terms_allow() -> None:
    # (x - 0.25)(x - 0.625)(x - 0.75) at x = 2 ** -t, t in thousands
    terms = [(1.0, 0.003), (-1.625, 0.002), (0.8125, 0.001), (-0.1171875, 0.0)]

    assert find_sign_changes(terms, 10_000) == [416, 679, 2000]


def test_a_level_that_was_never_judged_is_left_only_where_the_next_moment_leaves_it() -> None:
    watched = replace(
        hypothesis(), indicators=(Indicator("for", 2.0, None), Indicator("against", -2.0, None))
    )
    curve = ScoreCurve(watched, {"for": (0,), "against": (1,)})

    assert list(find_crossings(curve, Crossing(0, 0), STEPS)) == []


def test_a_sum_of_powers_over_a_very_long_time_does_not_overflow() -> None:
    # x * x - x / 4 at x = 2 ** (-t / 2)
    assert find_sign_changes([(1.0, 1.0), (-0.25, 0.5)], 10_000) == [4]


def test_one_term_alone_never_changes_its_sign() -> None:
    assert find_sign_changes([(2.0, 0.1)], 1000) == []
    assert find_sign_changes([], 1000) == []


CHANGES = st.lists(
    st.tuples(st.sampled_from(["rockets", "march", "calm"]), st.integers(0, 200), st.booleans()),
    max_size=12,
)
OBSERVED: dict[str, Any] = {"observed": [{"rule": "march", "at": "2020-01-14"}]}


def make_stream(drawn: list[tuple[str, int, bool]]) -> list[AlertChange]:
    stream = []
    for rule, hours, is_withdrawn in sorted(drawn, key=lambda change: change[1]):
        stream.append(observe(rule, hours))
        stream += [withdraw(rule, hours)] if is_withdrawn else []
    return stream


def run_stream(
    watched: WatchedHypothesis, stream: list[AlertChange], ticks: float, *, restored: bool
) -> HypothesisRun:
    run, now = HypothesisRun(watched), 0.0
    for change in stream:
        hours = (change.at - NOON) / HOUR
        while now + ticks <= hours:
            now += ticks
            run.tick(now)
        run.take(change)
        if restored:
            run.restore()
    return run.tick(2_000)


@given(CHANGES, st.sampled_from([0.5, 7.0, 31.0]))
@settings(max_examples=scale_examples(60))
def test_a_restart_after_any_message_changes_nothing(
    drawn: list[tuple[str, int, bool]], ticks: float
) -> None:
    watched, stream = hypothesis(**OBSERVED), make_stream(drawn)

    plain = run_stream(watched, stream, ticks, restored=False)
    restored = run_stream(watched, stream, ticks, restored=True)

    assert restored.alerts == plain.alerts
    assert restored.state == plain.state


@given(CHANGES)
@settings(max_examples=scale_examples(60))
def test_the_levels_do_not_depend_on_how_often_the_clock_ticks(
    drawn: list[tuple[str, int, bool]],
) -> None:
    watched, stream = hypothesis(**OBSERVED), make_stream(drawn)

    seldom = run_stream(watched, stream, 40.0, restored=False)
    often = run_stream(watched, stream, 0.5, restored=False)

    assert seldom.story() == often.story()


@given(CHANGES)
@settings(max_examples=scale_examples(60))
def test_every_message_twice_leads_to_the_same_levels(drawn: list[tuple[str, int, bool]]) -> None:
    watched, stream = hypothesis(), make_stream(drawn)
    twice = [change for change in stream for _ in range(2)]

    assert run_stream(watched, twice, 7, restored=False).story() == (
        run_stream(watched, stream, 7, restored=False).story()
    )


@given(CHANGES)
@settings(max_examples=scale_examples(60))
def test_at_most_one_level_is_present_and_the_next_begins_where_it_ends(
    drawn: list[tuple[str, int, bool]],
) -> None:
    story = run_stream(hypothesis(), make_stream(drawn), 7, restored=False).story()

    ends: list[datetime | None] = [end for _, _, end in story]
    assert all(end is not None for end in ends)
    for (_, _, end), (_, start, _) in pairwise(story):
        assert end is not None
        assert end <= start
