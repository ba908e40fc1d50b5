"""Thresholds on two real streams: the engine and brute force agree to the last alert."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from schemas.alert import Alert, Status
from schemas.event import Event
from schemas.rule import RuleDocument
from services.matcher.domain.replay import replay
from tests.matcher.proof.brute_force import Seen, Told, Watch, brute_force
from tests.matcher.proof.streams import HOUR, Row, attack, icews, interaction, sigacts, with_an_end
from tests.matcher.rules import correlating, detecting, rulebook

DAY = 24 * HOUR
LATE = {"max_lateness": "6h"}


def told(documents: Sequence[RuleDocument], events: Sequence[Event]) -> set[Told]:
    """What stands at the end of a replay, every alert resolved. Nothing may be refused."""
    book = rulebook(*documents, lists=())
    gaps = {name: window.resolve_after for (_, name), window in book.windows.items()}

    came = replay(book, with_an_end(events))

    assert not came.refused
    standing = [alert for alert in came.final if alert.status is not Status.WITHDRAWN]
    assert {alert.status for alert in standing} == {Status.RESOLVED}
    found = [_told(alert, gaps[alert.rule.name]) for alert in standing]
    assert len(set(found)) == len(found)
    return set(found)


def _told(alert: Alert, gap: timedelta) -> Told:
    assert alert.resolved_at is not None
    group = tuple(alert.group[field] for field in sorted(alert.group))
    last = alert.resolved_at - gap
    return alert.rule.name, group, alert.starts_at, last, alert.level.value, alert.evidence_count


def differences(
    watches: Iterable[Watch], stream: Sequence[Row], found: set[Told]
) -> tuple[set[Told], set[Told]]:
    """What only the engine told, and what only brute force did; both must have told something."""
    expected = {one for watch in watches for one in brute_force(watch, stream)}
    assert {one[0] for one in expected} == {watch.rule for watch in watches}
    return found - expected, expected - found


def base(name: str, **selection: object) -> RuleDocument:
    return detecting(name, selection=selection)


def by(field: str) -> Callable[[Row], list[tuple[str, ...]]]:
    def group(row: Row) -> list[tuple[str, ...]]:
        value = row[field]
        return [] if value is None else [(value,)]

    return group


def of_type(**bases: str) -> Callable[[Row], list[str]]:
    def sees(row: Row) -> list[str]:
        kind = str(row["event_type"] if "event_type" in row else row["relation"]).lower()
        return [name for name, wanted in bases.items() if wanted.lower() == kind]

    return sees


def at_least(most: int) -> Callable[[Sequence[Seen]], bool]:
    return lambda inside: len(inside) >= most


def distinct(field: str, inside: Sequence[Seen]) -> int:
    return len({one.row[field] for one in inside} - {None})


def kinds(inside: Sequence[Seen]) -> set[str]:
    return {one.base for one in inside}


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
        Watch("bombs", DAY, of_type(ied="IED"), at_least(4), by("city"), DAY),
        Watch(
            "some",
            6 * HOUR,
            of_type(shots="Small Arms"),
            lambda inside: 2 <= len(inside) < 4,
            by("city"),
            6 * HOUR,
        ),
        Watch(
            "either",
            1.5 * HOUR,
            of_type(ied="IED", shots="Small Arms"),
            at_least(4),
            by("city"),
            1.5 * HOUR,
        ),
    ]

    found = told(documents, [attack(row, 6 * HOUR) for row in stream])

    assert differences(watches, stream, found) == (set(), set())


def test_reports_of_one_story_count_once_and_all_are_evidence() -> None:
    stream = sigacts("2005-01-01", "2005-03-01")
    wide = {"type": "event_count", "group_by": ["type"], "timespan": "12h"} | LATE
    bombing = correlating("bombing", ["any"], condition={"gte": 10}, **wide)
    documents = [base("any", words="*"), bombing.model_copy(update={"resolve_after": 2 * HOUR})]

    def stories(inside: Sequence[Seen]) -> bool:
        return len({(one.row["city"], f"{one.at:%d %H}") for one in inside}) >= 10

    kind = by("event_type")
    watch = Watch("bombing", 12 * HOUR, lambda _: ["any"], stories, kind, 2 * HOUR)

    found = told(documents, [attack(row, 6 * HOUR) for row in stream])

    assert differences([watch], stream, found) == (set(), set())


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
    city = by("city")
    watches = [
        Watch(
            "targets",
            2 * DAY,
            lambda row: ["any"] if row["target"] else [],
            lambda inside: distinct("target", inside) >= 3,
            city,
            2 * DAY,
        ),
        Watch(
            "weapons",
            DAY,
            lambda _: ["any"],
            lambda inside: distinct("event_type", inside) >= 5,
            city,
            DAY,
        ),
    ]

    found = told(documents, [attack(row, 6 * HOUR) for row in stream])

    assert differences(watches, stream, found) == (set(), set())


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
        Watch("three", half, sees, lambda inside: kinds(inside) == set(bases), city, half),
        Watch("ambush", half, pair, _shots_after_a_car, city, half),
        Watch("bare", half, pair, lambda inside: kinds(inside) == {"car"}, city, half),
    ]

    found = told(documents, [attack(row, 6 * HOUR) for row in stream])

    assert differences(watches, stream, found) == (set(), set())


def _shots_after_a_car(inside: Sequence[Seen]) -> bool:
    return any(
        one.base == "car" and other.base == "shots" and one.at <= other.at
        for one in inside
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
    said = re.compile(r"\bcoalition forces\W+(\w+\W+){0,2}in\b", re.IGNORECASE)

    def sees(row: Row) -> list[str]:
        return ["forces"] if said.search(attack(row, DAY).text or "") else []

    watch = Watch(
        rule="forces",
        span=timedelta(microseconds=1),
        sees=sees,
        fires=at_least(1),
        group=by("city"),
        gap=3 * HOUR,
        level="high",
        alone="medium",
        together=HOUR / 2,
    )

    found = told([checked], [attack(row, 72 * HOUR) for row in stream])

    assert differences([watch], stream, found) == (set(), set())
    assert {level for *_, level, _ in found} == {"high", "medium"}


def test_who_deals_with_how_many_by_day_is_counted_as_brute_force_counts() -> None:
    stream = [row for row in icews("2018-01-01", "2018-07-01") if _of_the_theatre(row)]
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
        Watch("many", 2 * DAY, _anything, lambda i: distinct("target", i) >= 6, actor, 2 * DAY),
        Watch("ways", DAY, _anything, lambda i: distinct("relation", i) >= 4, actor, DAY),
        Watch(
            "turn",
            14 * DAY,
            of_type(threat="Threaten", force="Use conventional military force"),
            lambda inside: len(kinds(inside)) == 2,
            lambda row: [(str(row["source"]), str(row["target"]))],
            14 * DAY,
        ),
    ]

    found = told(documents, [interaction(row, 3 * DAY) for row in stream])

    assert differences(watches, stream, found) == (set(), set())


def _anything(_row: Row) -> list[str]:
    return ["any"]


def _of_the_theatre(row: Row) -> bool:
    return bool(re.search("Iraq|Iran", f"{row['source']} {row['target']}"))


def test_a_threshold_on_all_news_of_two_weeks_is_kept_as_brute_force_keeps_it() -> None:
    stream = icews("2018-03-01", "2018-03-15")
    few = {"count_by": "event", "max_lateness": "0s", "timespan": "3d"}
    documents = [
        base("clash", type="fight with small arms and light weapons"),
        base("blame", type="Accuse"),
        correlating("clashes", ["clash"], condition={"gte": 4}, group_by=["actors"], **few),
        correlating("blamed", ["blame"], condition={"gte": 5}, group_by=["targets"], **few),
    ]
    watches = [
        Watch(
            "clashes",
            3 * DAY,
            of_type(clash="fight with small arms and light weapons"),
            at_least(4),
            by("source"),
            3 * DAY,
        ),
        Watch("blamed", 3 * DAY, of_type(blame="Accuse"), at_least(5), by("target"), 3 * DAY),
    ]

    found = told(documents, [interaction(row, timedelta(0)) for row in stream])

    assert differences(watches, stream, found) == (set(), set())


def test_whom_an_actor_had_not_dealt_with_for_a_month_is_new_as_brute_force_says() -> None:
    stream = [row for row in icews("2018-01-01", "2018-07-01") if _of_the_theatre(row)]
    new = {"type": "new_value", "field": "targets", "history": "30d", "warmup": "60d"}
    section = new | {"timespan": "1d", "max_lateness": "3d", "group_by": ["actors"]}
    documents = [base("any", words="*"), correlating("new", ["any"], **section)]
    events = [interaction(row, 3 * DAY) for row in stream]

    found = told(documents, events)

    warm = min(event.recorded_at or event.occurred_at for event in events) + 60 * DAY
    assert {(group, start, last) for _, group, start, last, *_ in found} == _new(stream, warm)
    assert len(found) > 100


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


def test_brute_force_sees_both_edges_of_a_window() -> None:
    stream: list[Row] = [
        {"id": str(hour), "time": f"2004-01-01T{hour:02}:00:00"} for hour in (0, 4, 8, 9)
    ]
    watch = Watch("two", 4 * HOUR, _anything, at_least(2), lambda _: [()], HOUR)

    ((_, _, start, last, _, count),) = brute_force(watch, stream)

    assert (start, last) == (datetime.fromisoformat("2004-01-01T09Z"),) * 2
    assert count == 2
