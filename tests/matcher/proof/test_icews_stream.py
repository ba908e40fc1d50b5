"""Thresholds on coded news of 2018: the engine and brute force agree to the last alert."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from tests.matcher.proof.brute_force import BruteForceRule
from tests.matcher.proof.streams import Row, icews, interaction
from tests.matcher.proof.watching import (
    DAY,
    at_least,
    at_least_distinct,
    base,
    by,
    differences,
    kinds,
    of_type,
    replay_alerts,
)
from tests.matcher.rules import correlating


def test_who_deals_with_how_many_by_day_is_counted_as_brute_force_counts() -> None:
    stream = [row for row in icews("2018-01-01", "2018-05-01") if _of_the_theatre(row)]
    days = {"max_lateness": "3d", "group_by": ["actors"]}
    many = {"type": "value_count", "condition": {"field": "targets", "gte": 6}}
    ways = {"type": "value_count", "condition": {"field": "type", "gte": 4}}
    turn = {"type": "temporal", "condition": None, "group_by": ["actors", "targets"]}
    documents = [
        base("any", words="*"),
        base("threat", type="Threaten"),
        base("force", type="Use conventional military force"),
        correlating("many", ["any"], timespan="2d", **days | many),
        correlating("ways", ["any"], timespan="1d", **days | ways),
        correlating("turn", ["threat", "force"], timespan="14d", **days | turn),
    ]
    actor = by("source")
    watches = [
        BruteForceRule("many", 2 * DAY, _anything, at_least_distinct("target", 6), actor, 2 * DAY),
        BruteForceRule("ways", DAY, _anything, at_least_distinct("relation", 4), actor, DAY),
        _watch_turns(),
    ]

    engine_alerts = replay_alerts(documents, [interaction(row, 3 * DAY) for row in stream])

    assert differences(watches, stream, engine_alerts) == (set(), set())


def _watch_turns() -> BruteForceRule:
    return BruteForceRule(
        "turn",
        14 * DAY,
        of_type(threat="Threaten", force="Use conventional military force"),
        lambda inside: len(kinds(inside)) == 2,
        lambda row: [(str(row["source"]), str(row["target"]))],
        14 * DAY,
    )


def _anything(_row: Row) -> list[str]:
    return ["any"]


def _of_the_theatre(row: Row) -> bool:
    return bool(re.search("Iraq|Iran", f"{row['source']} {row['target']}"))


def test_a_threshold_on_all_news_of_two_weeks_is_kept_as_brute_force_keeps_it() -> None:
    stream = icews("2018-03-01", "2018-03-15")
    few = {"count_by": "event", "max_lateness": "1s", "timespan": "3d"}
    documents = [
        base("clash", type="fight with small arms and light weapons"),
        base("blame", type="Accuse"),
        correlating("clashes", ["clash"], condition={"gte": 4}, group_by=["actors"], **few),
        correlating("blamed", ["blame"], condition={"gte": 5}, group_by=["targets"], **few),
    ]
    watches = [
        BruteForceRule(
            "clashes",
            3 * DAY,
            of_type(clash="fight with small arms and light weapons"),
            at_least(4),
            by("source"),
            3 * DAY,
        ),
        BruteForceRule(
            "blamed", 3 * DAY, of_type(blame="Accuse"), at_least(5), by("target"), 3 * DAY
        ),
    ]

    engine_alerts = replay_alerts(documents, [interaction(row, timedelta(0)) for row in stream])

    assert differences(watches, stream, engine_alerts) == (set(), set())


def test_whom_an_actor_had_not_dealt_with_for_a_month_is_new_as_brute_force_says() -> None:
    stream = [row for row in icews("2018-01-01", "2018-07-01") if _of_the_theatre(row)]
    new = {"type": "new_value", "field": "targets", "history": "30d", "warmup": "60d"}
    section = new | {"timespan": "1d", "max_lateness": "3d", "group_by": ["actors"]}
    documents = [base("any", words="*"), correlating("new", ["any"], **section)]
    events = [interaction(row, 3 * DAY) for row in stream]

    engine_alerts = replay_alerts(documents, events)

    warm = min(event.learned_at for event in events) + 60 * DAY
    assert {(group, start, last) for _, group, start, last, *_ in engine_alerts} == _new(
        stream, warm
    )
    assert len(engine_alerts) > 100


def _new(stream: Sequence[Row], warm: datetime) -> set[tuple[tuple[str, ...], datetime, datetime]]:
    days: dict[tuple[str, ...], set[datetime]] = {}
    for row in stream:
        at = datetime.fromisoformat(f"{row['date']}T00Z")
        days.setdefault((str(row["source"]), str(row["target"])), set()).add(at)
    # a month without a hit parts the firing times, so each is an episode of its own
    return {
        (pair, day, day)
        for pair, dealt in days.items()
        for day in dealt
        if day >= warm and not any(timedelta(0) < day - other < 30 * DAY for other in dealt)
    }
