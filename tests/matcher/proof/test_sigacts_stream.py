"""Thresholds on attacks in Iraq: the engine and brute force agree to the last alert."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from tests.matcher.proof.brute_force import BruteForceRule, SeenRow, brute_force
from tests.matcher.proof.streams import HOUR, Row, attack, sigacts
from tests.matcher.proof.watching import (
    DAY,
    LATE,
    at_least,
    at_least_distinct,
    base,
    by,
    differences,
    kinds,
    of_type,
    replay_alerts,
)
from tests.matcher.rules import correlating, detecting

FORCES = re.compile(r"\bcoalition forces\W+(\w+\W+){0,2}in\b", re.IGNORECASE)


def test_how_often_a_city_is_attacked_is_counted_as_brute_force_counts() -> None:
    stream = sigacts("2004-04-01", "2004-06-01")
    common = {"group_by": ["place"], "count_by": "event"} | LATE
    documents = [
        base("ied", type="IED"),
        base("shots", type="Small Arms"),
        correlating("bombs", ["ied"], timespan="1d", condition={"gte": 4}, **common),
        correlating("some", ["shots"], timespan="6h", condition={"gte": 2, "lt": 4}, **common),
        correlating("either", ["ied", "shots"], timespan="90m", condition={"gt": 3}, **common),
    ]
    watches = [
        _watch_city("bombs", DAY, of_type(ied="IED"), at_least(4)),
        _watch_city("some", 6 * HOUR, of_type(shots="Small Arms"), lambda seen: 2 <= len(seen) < 4),
        _watch_city("either", 1.5 * HOUR, of_type(ied="IED", shots="Small Arms"), at_least(4)),
    ]

    engine_alerts = replay_alerts(documents, [attack(row, 6 * HOUR) for row in stream])

    assert differences(watches, stream, engine_alerts) == (set(), set())


def _watch_city(
    rule: str,
    length: timedelta,
    sees: Callable[[Row], Sequence[str]],
    fires: Callable[[Sequence[SeenRow]], bool],
) -> BruteForceRule:
    return BruteForceRule(rule, length, sees, fires, group=by("city"), gap=length)


def test_reports_of_one_story_count_once_and_all_are_evidence() -> None:
    stream = sigacts("2005-01-01", "2005-02-10")
    wide = {"type": "event_count", "group_by": ["type"], "timespan": "12h"} | LATE
    bombing = correlating("bombing", ["any"], condition={"gte": 10}, **wide)
    documents = [base("any", words="*"), bombing.model_copy(update={"resolve_after": 2 * HOUR})]

    def stories(inside: Sequence[SeenRow]) -> bool:
        return len({(row.row["city"], f"{row.at:%d %H}") for row in inside}) >= 10

    kind = by("event_type")
    watch = BruteForceRule("bombing", 12 * HOUR, lambda _: ["any"], stories, kind, 2 * HOUR)

    engine_alerts = replay_alerts(documents, [attack(row, 6 * HOUR) for row in stream])

    assert differences([watch], stream, engine_alerts) == (set(), set())


def test_how_many_kinds_of_target_and_of_weapon_are_counted_as_brute_force_counts() -> None:
    stream = sigacts("2004-08-01", "2004-10-01")
    targets = {"field": "targets", "gte": 3}
    weapons = {"field": "type", "gte": 5}
    common = {"type": "value_count", "group_by": ["place"]} | LATE
    documents = [
        base("any", words="*"),
        correlating("targets", ["any"], timespan="2d", condition=targets, **common),
        correlating("weapons", ["any"], timespan="1d", condition=weapons, **common),
    ]
    watches = [
        _watch_city(
            "targets",
            2 * DAY,
            lambda row: ["any"] if row["target"] else [],
            at_least_distinct("target", 3),
        ),
        _watch_city("weapons", DAY, lambda _: ["any"], at_least_distinct("event_type", 5)),
    ]

    engine_alerts = replay_alerts(documents, [attack(row, 6 * HOUR) for row in stream])

    assert differences(watches, stream, engine_alerts) == (set(), set())


def test_attacks_together_in_order_and_without_each_other_are_found_as_brute_force_finds() -> None:
    stream = sigacts("2004-11-01", "2005-01-01")
    bases = {"car": "VBIED", "shots": "Small Arms", "mortar": "Mortar"}
    common = {"group_by": ["place"], "timespan": "12h"} | LATE
    unset = {"condition": None}
    one_not_other = {"condition": "car and not shots"}
    ordered = {"type": "temporal_ordered"} | common | unset
    documents = [
        *(base(name, type=kind) for name, kind in bases.items()),
        correlating("three", list(bases), type="temporal", **common | unset),
        correlating("ambush", ["car", "shots"], **ordered),
        correlating("bare", ["car", "shots"], type="temporal", **common | one_not_other),
    ]
    sees, city, half = of_type(**bases), by("city"), 12 * HOUR
    pair = of_type(car="VBIED", shots="Small Arms")
    watches = [
        BruteForceRule("three", half, sees, lambda inside: kinds(inside) == set(bases), city, half),
        BruteForceRule("ambush", half, pair, _shots_after_a_car, city, half, first="car"),
        BruteForceRule("bare", half, pair, lambda inside: kinds(inside) == {"car"}, city, half),
    ]

    engine_alerts = replay_alerts(documents, [attack(row, 6 * HOUR) for row in stream])

    assert differences(watches, stream, engine_alerts) == (set(), set())


def _shots_after_a_car(inside: Sequence[SeenRow]) -> bool:
    return any(
        row.base == "car" and other.base == "shots" and row.at <= other.at
        for row in inside
        for other in inside
    )


def test_phrases_in_reports_alert_by_themselves_and_are_corroborated_as_brute_force_says() -> None:
    stream = sigacts("2005-10-01", "2005-11-01")
    asked = {"sources": 2, "within": "30m"}
    document = detecting(
        "forces", selection={"words|phrase": "coalition forces in ~2"}, group_by=["place"]
    )
    checked = type(document).model_validate(
        document.model_dump(by_alias=True, exclude_defaults=True)
        | {"corroboration": asked, "level": "high", "resolve_after": "3h"}
    )
    watch = BruteForceRule(
        rule="forces",
        span=timedelta(microseconds=1),
        sees=_sees_forces,
        fires=at_least(1),
        group=by("city"),
        gap=3 * HOUR,
        level="high",
        alone="medium",
        together=HOUR / 2,
    )

    engine_alerts = replay_alerts([checked], [attack(row, 72 * HOUR) for row in stream])

    assert differences([watch], stream, engine_alerts) == (set(), set())
    assert {level for *_, level, _ in engine_alerts} == {"high", "medium"}


def _sees_forces(row: Row) -> list[str]:
    return ["forces"] if FORCES.search(attack(row, DAY).text or "") else []


def test_brute_force_sees_both_edges_of_a_window() -> None:
    stream: list[Row] = [
        {"id": str(hour), "time": f"2004-01-01T{hour:02}:00:00"} for hour in (0, 4, 8, 9)
    ]
    watch = BruteForceRule("two", 4 * HOUR, lambda _: ["any"], at_least(2), lambda _: [()], HOUR)

    ((_, _, start, last, _, count),) = brute_force(watch, stream)

    assert (start, last) == (datetime.fromisoformat("2004-01-01T09Z"),) * 2
    assert count == 2
