"""From reports to alerts: order, repeats, corrections and drills, over the whole pure engine."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.alert import Alert, Status
from schemas.event import Event
from schemas.rule import NamedList, RuleDocument
from services.matcher.domain.backtest.corrections import link_corrections
from services.matcher.domain.backtest.replay import Replay, replay
from services.matcher.domain.rules.rulebook import Rulebook
from tests.matcher.builders import HOUR, NOON
from tests.matcher.rules import PROXIES, correlating, detecting, rulebook

LATE = 6 * HOUR


def corroborated(document: RuleDocument, **asked: object) -> RuleDocument:
    told = document.model_dump(by_alias=True, exclude_unset=True) | {"corroboration": asked}
    return type(document).model_validate(told)


RATE = {"ratio": 2, "floor": 2}
WITHIN = {"timespan": "4h", "max_lateness": "6h"}
EARLIER = WITHIN | {"timespan": "2h", "baseline": "8h"}
BOTH = ["rocket", "march"]
ROCKET = detecting("rocket", selection={"words|phrase": "rocket*"})
MARCH = detecting(
    "march",
    condition="words and who",
    words={"words|phrase": "march* baghdad ~3"},
    who={"entities|expand": "%proxies%"},
)
SALVO = correlating("salvo", ["rocket"], group_by=["place"], **WITHIN | {"condition": {"gte": 2}})
ALIGNED = tuple(
    NamedList.model_validate({"name": name, "members": members})
    for name, members in (
        ("proxies", [{"id": one, "name": one, "alignment": "iran"} for one in ("badr", "aah")]),
        ("forces", [{"id": one, "name": one, "alignment": "state"} for one in ("cts", "isf")]),
    )
)
COUNTS = rulebook(
    detecting("fire", group_by=["place"], selection={"words|phrase": "fire*"}),
    ROCKET,
    MARCH,
    SALVO,
    corroborated(
        correlating("few", ["rocket"], **WITHIN | {"condition": {"gte": 2, "lt": 4}}),
        sources=2,
        within="2h",
    ),
    correlating(
        "joint",
        ["march"],
        type="value_count",
        **WITHIN | {"condition": {"field": "entities", "gte": 2}},
    ),
    correlating("both", BOTH, type="temporal", **WITHIN | {"condition": None}),
    correlating("ordered", BOTH, type="temporal_ordered", **WITHIN | {"condition": None}),
    correlating("alone", BOTH, type="temporal", **WITHIN | {"condition": "rocket and not march"}),
    correlating(
        "heavy",
        ["rocket"],
        type="value_avg",
        count_by="event",
        **WITHIN | {"condition": {"field": "quantities.rockets", "gt": 3}},
    ),
    lists=(PROXIES,),
)
CHANGES = rulebook(
    detecting("any", selection={"words": "*"}),
    ROCKET,
    MARCH,
    correlating("unanswered", BOTH, type="absence", **WITHIN | {"condition": None}),
    correlating(
        "last", ["rocket"], type="absence", group_by=["place"], **WITHIN | {"condition": None}
    ),
    correlating("faster", ["any"], type="rate_change", **EARLIER | {"condition": RATE}),
    correlating(
        "apart",
        ["any"],
        type="divergence",
        field="place",
        value="Taji",
        between=["proxies", "forces"],
        **EARLIER | {"condition": {"by": 0.3, "floor": 1}},
    ),
    correlating("new", ["any"], type="new_value", field="actors", history="12h", **WITHIN),
    correlating("turned", ["any"], type="reversal", field="actor_ids", history="12h", **WITHIN),
    correlating(
        "shared",
        ["any"],
        type="shared_term",
        field="place",
        by="source",
        **WITHIN | {"condition": {"gte": 2}},
    ),
    lists=ALIGNED,
)
CHAIN = rulebook(
    ROCKET,
    SALVO,
    correlating("wave", ["salvo"], timespan="12h", condition={"gte": 2}),
    correlating("calm", ["rocket"], **WITHIN | {"condition": {"gte": 2}}).model_copy(
        update={"cooldown": 5 * HOUR, "resolve_after": HOUR}
    ),
    lists=(),
)
BOOK = COUNTS
BOOKS = st.sampled_from([COUNTS, COUNTS, CHANGES, CHAIN])
TEXTS = [
    "Rockets fell and a fire broke out.",
    "A rocket was found.",
    "Badr will march on Baghdad.",
    "Kata’ib Hezbollah and AAH: we march into Baghdad!",
    "بدر: Marching to Baghdad",
    "Fires burn.",
    "Nothing happened.",
]

Told = tuple[str, tuple[tuple[str, str], ...], bool, datetime, datetime | None, str, str, int]


def report(hours: float, **fields: Any) -> Event:
    at = NOON + hours * HOUR
    given = {"id": "1", "source": "reuters", "text": "Nothing happened.", "occurred_at": at}
    return Event.model_validate(given | {"recorded_at": at} | fields)


@st.composite
def reports(draw: st.DrawFn, number: int, *, exercise: bool = False) -> Event:
    place = draw(st.sampled_from([None, "Taji", "Balad"]))
    rockets = draw(st.sampled_from([None, 1, 3, 7]))
    return report(
        draw(st.integers(0, 48)) / 2,
        id=f"{'drill' if exercise else 'report'} {number}",
        source=draw(st.sampled_from(["reuters", "afp"])),
        actors=draw(st.sampled_from([[], ["badr"], ["badr", "cts"], ["aah", "isf"], ["cts"]])),
        text=draw(st.sampled_from(TEXTS)),
        place=place,
        story=draw(st.sampled_from([None, "wire"])),
        quantities={} if rockets is None else {"rockets": rockets},
        exercise=exercise,
    )


@st.composite
def streams(draw: st.DrawFn, *, exercise: bool = False, most: int = 14) -> list[Event]:
    count = draw(st.integers(1, most))
    return [draw(reports(number, exercise=exercise)) for number in range(count)]


def told_at_the_end(book: Rulebook, events: Sequence[Event]) -> set[Told]:
    """What stands when the clock has passed everything; the rules had watched for long before."""
    start, end = report(-200, id="start", source="clock"), report(2000, id="end", source="clock")
    return told(replay(book, link_corrections([start, *events, end])))


def told(came: Replay) -> set[Told]:
    assert not came.refused
    standing = [
        _told(one)
        for one in came.final
        if one.status is not Status.WITHDRAWN and one.starts_at < NOON + 1000 * HOUR
    ]
    assert len(set(standing)) == len(standing)
    return set(standing)


def _told(alert: Alert) -> Told:
    return (
        alert.rule.name,
        tuple(sorted(alert.group.items())),
        alert.exercise,
        alert.starts_at,
        alert.resolved_at,
        alert.status.value,
        alert.level.value,
        alert.evidence_count,
    )


def delayed(event: Event, lateness: timedelta) -> Event:
    return event.model_copy(update={"recorded_at": event.occurred_at + lateness})


lateness_of = st.sampled_from([0, 0.25, 0.5, 1]).map(lambda part: LATE * part)


@pytest.mark.parametrize("book", [COUNTS, CHANGES, CHAIN], ids=["counts", "changes", "chain"])
def test_every_rule_of_these_tests_can_fire(book: Rulebook) -> None:
    actors = [["badr"], ["badr", "cts"], ["isf"]]
    stream = [
        report(
            number * 3 / 4,
            id=str(number),
            text=text,
            place=("Taji", "Balad")[number // 2 % 2],
            quantities={"rockets": 5},
            actors=actors[number % 3],
            source=("reuters", "afp")[number % 2],
        )
        for number, text in enumerate([*TEXTS, *TEXTS, *TEXTS[:2]])
    ]

    found = {one[0] for one in told_at_the_end(book, stream)}

    only_feeding = {"salvo"} if book is CHAIN else set()
    assert found == {name for _, name in book.windows} - only_feeding


@given(book=BOOKS, stream=streams(), data=st.data())
def test_reports_that_come_late_and_in_any_order_end_in_the_same_alerts(
    book: Rulebook, stream: list[Event], data: st.DataObject
) -> None:
    late = [delayed(event, data.draw(lateness_of)) for event in stream]

    assert told_at_the_end(book, data.draw(st.permutations(late))) == told_at_the_end(book, stream)


@given(book=BOOKS, stream=streams(), data=st.data())
def test_reports_that_come_again_change_nothing(
    book: Rulebook, stream: list[Event], data: st.DataObject
) -> None:
    again = data.draw(st.lists(st.sampled_from(stream), max_size=6))
    repeats = [delayed(event, data.draw(lateness_of)) for event in again]

    assert told_at_the_end(book, [*stream, *repeats]) == told_at_the_end(book, stream)


@st.composite
def corrected_streams(draw: st.DrawFn) -> tuple[list[Event], list[Event]]:
    """A stream with corrections and retractions in it, and what is left in the end.

    A correction comes before what it corrects is settled, which here is 10 hours after it
    happened: hits are kept for twice the timespan and the lateness allowed, and what the first
    timespan of that fired changes no more.
    """
    original = draw(streams(most=10))
    left, stream = list(original), list(original)
    for number in range(draw(st.integers(1, 4))):
        wrong = draw(st.sampled_from(left)) if left else None
        if wrong is None:
            break
        left.remove(wrong)
        common = {"id": f"correction {number}", "source": wrong.source}
        if draw(st.booleans()):
            times = {"occurred_at": wrong.occurred_at, "recorded_at": wrong.occurred_at}
            stream.append(report(0, **common | times, retracts=wrong.id))
            continue
        at = min(draw(reports(number)).occurred_at, wrong.occurred_at + 3.5 * HOUR)
        times = {"occurred_at": at, "recorded_at": at}
        new = draw(reports(number)).model_copy(update=common | times)
        left.append(new)
        stream.append(new.model_copy(update={"supersedes": wrong.id}))
    return stream, left


@given(book=BOOKS, case=corrected_streams(), data=st.data())
def test_what_was_corrected_never_counted_whichever_came_first(
    book: Rulebook, case: tuple[list[Event], list[Event]], data: st.DataObject
) -> None:
    stream, left = case
    late = [delayed(event, data.draw(lateness_of)) for event in stream]

    assert told_at_the_end(book, data.draw(st.permutations(late))) == told_at_the_end(book, left)


@given(book=BOOKS, real=streams(), drill=streams(exercise=True), data=st.data())
def test_drills_and_real_hits_never_share_an_alert(
    book: Rulebook, real: list[Event], drill: list[Event], data: st.DataObject
) -> None:
    late = [delayed(event, data.draw(lateness_of)) for event in [*real, *drill]]

    together = told_at_the_end(book, late)

    assert together == told_at_the_end(book, real) | told_at_the_end(book, drill)
    assert {one for one in together if one[2]} == told_at_the_end(book, drill)


@given(book=BOOKS, stream=streams(), until=st.integers(0, 24))
def test_nothing_recorded_later_is_seen_before_its_time(
    book: Rulebook, stream: list[Event], until: int
) -> None:
    noon = NOON + until * HOUR
    events = [delayed(event, LATE * (number % 3) / 2) for number, event in enumerate(stream)]
    known = [event for event in events if (event.recorded_at or NOON) <= noon]

    whole, part = replay(book, events), replay(book, known)

    assert whole.alerts[: len(part.alerts)] == part.alerts
    assert all(alert.updated_at > noon for alert in whole.alerts[len(part.alerts) :])
