"""From reports to alerts: order, repeats, corrections and drills, over the whole pure engine."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.alert import Alert, Status
from schemas.event import Event
from services.matcher.domain.backtest.replay import Replay, replay
from services.matcher.domain.rules.rulebook import Rulebook
from tests.matcher.builders import HOUR, NOON
from tests.matcher.proof.any_reports import (
    BOOKS,
    CHAIN,
    CHANGES,
    COUNTS,
    TEXTS,
    report,
    reports,
    streams,
)

LATE = 6 * HOUR


Outcome = tuple[str, tuple[tuple[str, str], ...], bool, datetime, datetime | None, str, str, int]


def outcomes_at_the_end(book: Rulebook, events: Sequence[Event]) -> set[Outcome]:
    """The alerts in force once the clock has passed everything; the rules began long before."""
    start, end = report(-200, id="start", source="clock"), report(2000, id="end", source="clock")
    return outcomes(replay(book, [start, *events, end]))


def outcomes(replayed: Replay) -> set[Outcome]:
    assert not replayed.refused
    in_force = [
        _outcome(alert)
        for alert in replayed.final
        if alert.status is not Status.WITHDRAWN and alert.starts_at < NOON + 1000 * HOUR
    ]
    assert len(set(in_force)) == len(in_force)
    return set(in_force)


def _outcome(alert: Alert) -> Outcome:
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

    fired = {outcome[0] for outcome in outcomes_at_the_end(book, stream)}

    only_feeding = {"salvo"} if book is CHAIN else set()
    assert fired == {name for _, name in book.windows} - only_feeding


@given(book=BOOKS, stream=streams(), data=st.data())
def test_reports_that_come_late_and_in_any_order_end_in_the_same_alerts(
    book: Rulebook, stream: list[Event], data: st.DataObject
) -> None:
    late = [delayed(event, data.draw(lateness_of)) for event in stream]

    assert outcomes_at_the_end(book, data.draw(st.permutations(late))) == outcomes_at_the_end(
        book, stream
    )


@given(book=BOOKS, stream=streams(), data=st.data())
def test_reports_that_come_again_change_nothing(
    book: Rulebook, stream: list[Event], data: st.DataObject
) -> None:
    again = data.draw(st.lists(st.sampled_from(stream), max_size=6))
    repeats = [delayed(event, data.draw(lateness_of)) for event in again]

    assert outcomes_at_the_end(book, [*stream, *repeats]) == outcomes_at_the_end(book, stream)


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

    assert outcomes_at_the_end(book, data.draw(st.permutations(late))) == outcomes_at_the_end(
        book, left
    )


@st.composite
def streams_of_versions(draw: st.DrawFn) -> tuple[list[Event], list[Event]]:
    """Reports of which some have several versions, and the last recorded version of each."""
    stream: list[Event] = []
    last: list[Event] = []
    for first in draw(streams(most=6)):
        versions = [first]
        for number in range(draw(st.integers(0, 3))):
            corrected = draw(st.sampled_from(versions))
            common = {"id": f"{first.id} v{number}", "source": first.source}
            times = {"recorded_at": first.occurred_at + (number + 1) * LATE / 4}
            new = draw(reports(number)).model_copy(
                update=common | times | {"occurred_at": first.occurred_at}
            )
            versions.append(new.model_copy(update={"supersedes": corrected.id}))
        stream += versions
        last.append(versions[-1].model_copy(update={"supersedes": None}))
    return stream, last


@given(book=BOOKS, case=streams_of_versions(), data=st.data())
def test_of_the_versions_of_a_report_the_last_recorded_counts_alone(
    book: Rulebook, case: tuple[list[Event], list[Event]], data: st.DataObject
) -> None:
    stream, last = case

    assert outcomes_at_the_end(book, data.draw(st.permutations(stream))) == outcomes_at_the_end(
        book, last
    )


@given(book=BOOKS, real=streams(), drill=streams(exercise=True), data=st.data())
def test_drills_and_real_hits_never_share_an_alert(
    book: Rulebook, real: list[Event], drill: list[Event], data: st.DataObject
) -> None:
    late = [delayed(event, data.draw(lateness_of)) for event in [*real, *drill]]

    together = outcomes_at_the_end(book, late)

    assert together == outcomes_at_the_end(book, real) | outcomes_at_the_end(book, drill)
    assert {outcome for outcome in together if outcome[2]} == outcomes_at_the_end(book, drill)


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
