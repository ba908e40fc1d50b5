"""Rules over rules: the alert of a base rule lasts from its first to its last firing time."""

from dataclasses import replace
from typing import Any

import pytest

from schemas.rule import Condition, CorrelationType
from schemas.signal import Signal
from services.matcher.domain.windows.expression import parse_expression
from services.matcher.domain.windows.window_rule import WindowRule
from tests.matcher.builders import (
    APART,
    AWAITED,
    FASTER,
    HOUR,
    NEW,
    NOON,
    RULE,
    SHARED,
    TEMPORAL,
    VALUES,
    by,
    fired,
    hit,
    of,
)
from tests.matcher.course import WindowCourse

LONG_AGO = NOON - 1000 * HOUR
FIRST, SECOND = TEMPORAL.bases


def over_rules(rule: WindowRule, **changes: Any) -> WindowRule:
    return replace(rule, counts_alerts=True, resolve_after=4 * HOUR, **changes)


PAIR = over_rules(RULE, condition=Condition(gte=2))
ORDERED = over_rules(TEMPORAL, type=CorrelationType.TEMPORAL_ORDERED)


def starts(rule: WindowRule, *signals: Signal, clock: float | None = None) -> list[float]:
    """The hours at which an episode begins, whatever the order of arrival."""
    forth = WindowCourse(rule, since=LONG_AGO).take(*signals)
    back = WindowCourse(rule, since=LONG_AGO).take(*reversed(signals))
    for course in (forth, back) if clock is not None else ():
        course.tick(NOON + (clock or 0) * HOUR)
    assert forth.summaries() == back.summaries()
    return sorted((alert.starts_at - NOON) / HOUR for alert in forth.not_withdrawn)


@pytest.mark.parametrize(
    ("hours", "expected"),
    [((0, 6), [10]), ((0, 6.001), [10]), ((0, 5.999), [])],
    ids=["ends as the window opens", "ends in the window", "ends before it"],
)
def test_an_alert_lies_in_every_window_that_it_overlaps(
    hours: tuple[float, ...], expected: list[float]
) -> None:
    edge = over_rules(RULE, condition=Condition(gte=2), timespan=4.001 * HOUR)

    assert starts(edge, fired(FIRST, *hours), hit(10)) == expected


def test_an_alert_lies_in_no_window_before_it_fired() -> None:
    assert starts(PAIR, fired(FIRST, 1, 9), hit(0.999)) == [1]
    assert starts(PAIR, fired(FIRST, 5, 9), hit(0)) == []


def test_a_rule_is_asked_at_every_firing_time_of_its_bases() -> None:
    asked = over_rules(PAIR, timespan=HOUR)
    long = fired(FIRST, *range(20))

    (alert,) = WindowCourse(asked).take(long, fired(FIRST, 3, 8, 12, name="b")).not_withdrawn

    assert alert.starts_at == NOON + 3 * HOUR
    assert alert.last_fired_at == NOON + 12 * HOUR


def test_values_are_counted_in_every_window_that_their_alerts_overlap() -> None:
    rule = over_rules(VALUES, condition=Condition(field="actor_ids", gte=2))
    long = fired(FIRST, 0, 20, values=("badr",))

    assert starts(rule, long, fired(FIRST, 10, name="b", values=("aah",))) == [10]


def test_of_two_alerts_of_one_key_the_later_one_in_the_window_has_its_number() -> None:
    rule = over_rules(
        RULE,
        type=CorrelationType.VALUE_SUM,
        condition=Condition(field="value", eq=5),
        count_by="story",
    )
    long, short = fired(FIRST, 0, 8, values=("9",)), fired(FIRST, 6, 7, name="b", values=("5",))
    one_story = [signal.model_copy(update={"story": "one"}) for signal in (long, short)]

    assert starts(rule, *one_story) == [6]


def test_an_expression_is_evaluated_while_its_alerts_last() -> None:
    first_alone = over_rules(
        TEMPORAL,
        condition=Condition(gte=0),
        expression=parse_expression(f"{FIRST} and not {SECOND}"),
    )

    assert starts(first_alone, fired(FIRST, 0, 10), fired(SECOND, 0, 5, name="b")) == [10]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((0, 20), (10,), [10]),
        ((10,), (0, 20), [10]),
        ((10, 12), (9, 10), [10]),
        ((10, 12), (8, 9.999), []),
        ((0, 5), (9,), []),
    ],
    ids=["b during a", "a during b", "a as b ends", "a after b", "a long before b"],
)
def test_an_alert_comes_before_another_if_some_time_of_it_is_not_after_it(
    first: tuple[float, ...], second: tuple[float, ...], expected: list[float]
) -> None:
    assert starts(ORDERED, fired(FIRST, *first), fired(SECOND, *second, name="b")) == expected


def test_order_counts_only_what_lies_in_the_window() -> None:
    three = replace(ORDERED, bases=("a", "b", "c"), condition=Condition(gte=3))
    stream = fired("a", 0, 9, name="1"), fired("b", 0, 5, name="2"), fired("c", 4, 9, name="3")

    assert starts(three, *stream) == [4]
    assert starts(three, *stream[:2], fired("c", 9.5, name="3")) == []


def test_a_rate_counts_an_alert_where_it_begins() -> None:
    rule = over_rules(FASTER)
    begun_before = [fired(FIRST, number, 20, name=f"{number}") for number in range(3)]
    begun_now = [fired(FIRST, 20, 20.1, name=f"n{number}") for number in range(3)]

    assert starts(rule, fired(FIRST, 0, 20), *begun_before) == [0]
    assert 20 in starts(rule, *begun_before, *begun_now)


def test_an_absence_waits_from_the_last_firing_time() -> None:
    rule = over_rules(AWAITED)

    assert starts(rule, fired("threat", 0, 3), clock=100) == [7]
    assert starts(rule, fired("threat", 0, 3), of("denial", hit(7)), clock=100) == []
    assert starts(rule, fired("threat", 0, 3), fired("denial", 1, 3), clock=100) == []
    assert starts(rule, fired("threat", 0, 3), fired("denial", 1, 2.999), clock=100) == [7]
    assert starts(rule, fired("threat", 0, 3), fired("denial", 7.1, 9), clock=100) == [7]


def test_an_alert_answers_one_of_the_same_rule_if_it_goes_on_after_it() -> None:
    rule = over_rules(AWAITED, bases=("threat",))

    assert starts(rule, fired("threat", 0, 3), fired("threat", 1, 5, name="b"), clock=100) == [9]
    assert starts(rule, fired("threat", 0, 3), fired("threat", 1, 3, name="b"), clock=100) == [7]


def test_a_value_is_new_where_no_alert_with_it_overlaps_the_history() -> None:
    rule = over_rules(NEW)

    assert starts(rule, fired(FIRST, 0, 10), fired(FIRST, 33.9, name="b")) == [0]
    assert starts(rule, fired(FIRST, 0, 10), fired(FIRST, 34, name="b")) == [0, 34]
    assert starts(rule, fired(FIRST, 0, 30), fired(FIRST, 20, 40, name="b")) == [0]


def test_terms_are_shared_by_alerts_that_overlap_one_window() -> None:
    rule = over_rules(SHARED, condition=Condition(gte=2))
    long = by(("kh",), fired(FIRST, 0, 20, values=("green dawn",)))
    short = by(("aah",), fired(FIRST, 10, name="b", values=("green dawn",)))

    assert starts(rule, long, short) == [10]


def test_an_alert_counts_in_the_window_and_in_the_baseline_of_a_divergence() -> None:
    rule = over_rules(APART, condition=Condition(by=0.5, floor=1))
    long = by(("iran",), fired(FIRST, 0, 20, values=("1",)))
    calm = by(("proxies",), fired(FIRST, 0, 15, name="b", values=("1",)))
    turned = by(("proxies",), fired(FIRST, 19.9, 20, name="c", values=("0",)))

    assert starts(rule, long, calm, turned) == [19.9]


def test_only_a_higher_revision_counts() -> None:
    rule = over_rules(PAIR)
    lower, higher = fired(FIRST, 0, 1), fired(FIRST, 0, 1, 10)

    assert starts(rule, lower, higher, hit(9)) == [9]
