"""Four rule types of elastalert2 beside the engine, on the attacks of Iraq: every difference.

docs/decisions/0007-where-vedette-differs-from-elastalert2.md tells them in words.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from schemas.alert import Status
from schemas.event import Event
from schemas.rule import RuleDocument
from services.matcher.domain.backtest.replay import replay
from tests.matcher.proof.peer import (
    Matches,
    Row,
    Spike,
    cardinality,
    elastalert,
    frequency,
    silences,
    spikes,
)
from tests.matcher.proof.streams import HOUR, attack, sigacts, with_an_end
from tests.matcher.rules import correlating, detecting, rulebook

DAY = 24 * HOUR
LATE = 6 * HOUR
CITIES = ("Mosul", "Ramadi", "Samarra", "Fallujah", "Baqubah", "Kirkuk", "Tikrit", "Balad")

Episodes = set[tuple[str, int, int]]
"""City, first and last firing time, in seconds."""


def attacks(first: str, last: str, late: timedelta = timedelta(0)) -> list[Event]:
    """The attacks in eight cities, in the order in which they are recorded."""
    chosen = [row for row in sigacts(first, last) if row["city"] in CITIES]
    events = [attack(row, late) for row in chosen]
    return sorted(events, key=lambda event: event.learned_at)


def rows_of(events: Iterable[Event]) -> list[Row]:
    """The same for elastalert2: whole seconds, the city, and the kind of attack."""
    return [Row(_seconds(event.occurred_at), str(event.place), str(event.type)) for event in events]


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def watched(section: Mapping[str, object], events: Sequence[Event], gap: timedelta) -> Episodes:
    """The episodes of one correlation over all attacks of a city, episodes parted by `gap`."""
    common = {"group_by": ["place"], "max_lateness": "6h"}
    if section.get("type") not in {"absence", "value_count"}:
        common |= {"count_by": "event"}
    rule: RuleDocument = correlating("rule", ["any"], **{**common, **section})
    any_attack = detecting("any", selection={"words": "*"})
    book = rulebook(any_attack, rule.model_copy(update={"resolve_after": gap}), lists=())
    final = replay(book, with_an_end(events)).final
    return {
        (alert.group["place"], _seconds(alert.starts_at), _seconds(alert.resolved_at - gap))
        for alert in final
        if alert.status is Status.RESOLVED and alert.resolved_at is not None
    }


def episodes(matches: Matches, gap: timedelta) -> Episodes:
    """Runs of firing times with no gap longer than `gap`."""
    runs: Episodes = set()
    for key in {key for key, _ in matches}:
        times = sorted({at for group, at in matches if group == key})
        breaks = [place for place, (a, b) in enumerate(pairwise(times), 1) if b - a > _long(gap)]
        edges = pairwise([0, *breaks, len(times)])
        runs |= {(key, times[first], times[last - 1]) for first, last in edges}
    return runs


def _long(span: timedelta) -> int:
    return int(span.total_seconds())


def around(key: str, at: int, runs: Episodes) -> list[tuple[str, int, int]]:
    return [run for run in runs if run[0] == key and run[1] <= at <= run[2]]


def test_frequency_matches_what_fires_and_repeats_itself_as_often_as_its_window_fills() -> None:
    events = attacks("2004-08-01", "2004-11-01")
    rows, span, least = rows_of(events), DAY, 5

    ours = watched({"timespan": "1d", "condition": {"gte": least}}, events, span)
    theirs = elastalert("FrequencyRule", rows, {"timeframe": _long(span), "num_events": least})

    assert ours == episodes(frequency(rows, _long(span), least, clears=False), span)
    assert theirs == frequency(rows, _long(span), least, clears=True)
    assert all(len(around(key, at, ours)) == 1 for key, at in theirs)
    assert {(key, start) for key, start, _ in ours} <= set(theirs)
    assert len(theirs) > len(ours) > 20


def test_frequency_misses_what_comes_late_and_the_engine_does_not() -> None:
    events, late = attacks("2004-08-01", "2004-11-01"), attacks("2004-08-01", "2004-11-01", LATE)
    section, span, least = {"timespan": "6h", "condition": {"gte": 3}}, 6 * HOUR, 3
    options = {"timeframe": _long(span), "num_events": least}

    ours, ours_late = watched(section, events, span), watched(section, late, span)
    theirs_late = elastalert("FrequencyRule", rows_of(late), options)

    assert ours_late == ours
    assert theirs_late == frequency(rows_of(late), _long(span), least, clears=True)
    missed = [run for run in ours if not any(around(*match, {run}) for match in theirs_late)]
    assert missed


def test_frequency_counts_a_report_that_comes_again_and_the_engine_does_not() -> None:
    events = attacks("2004-08-01", "2004-09-01")
    twice = [event for event in events for _ in range(2)]
    section, span, least = {"timespan": "6h", "condition": {"gte": 4}}, 6 * HOUR, 4
    options = {"timeframe": _long(span), "num_events": least}

    theirs = elastalert("FrequencyRule", rows_of(events), options)
    theirs_twice = elastalert("FrequencyRule", rows_of(twice), options)

    assert watched(section, twice, span) == watched(section, events, span)
    assert theirs_twice == frequency(rows_of(twice), _long(span), least, clears=True)
    assert len(theirs_twice) > 2 * len(theirs)


def test_cardinality_keeps_what_is_exactly_a_timespan_old_and_matches_at_every_report() -> None:
    events = attacks("2004-08-01", "2005-02-01")
    rows, span, most = rows_of(events), 12 * HOUR, 3
    section = {"type": "value_count", "timespan": "12h", "condition": {"field": "type", "gt": most}}

    ours = watched(section, events, span)
    theirs = elastalert(
        "CardinalityRule",
        rows,
        {"timeframe": _long(span), "max_cardinality": most, "cardinality_field": "value"},
    )

    assert ours == episodes(cardinality(rows, _long(span), most, closed=False), span)
    assert theirs == cardinality(rows, _long(span), most, closed=True)
    assert theirs != cardinality(rows, _long(span), most, closed=False)
    assert all(any(around(*match, {run}) for match in theirs) for run in ours)
    assert len(theirs) > len(ours) > 20


@pytest.mark.parametrize("hours", [1, 24])
def test_flatline_is_asked_when_it_runs_and_absence_when_it_is_due(hours: int) -> None:
    events = attacks("2004-08-01", "2004-10-01")
    rows, span, every = rows_of(events), 36 * HOUR, hours * _long(HOUR)
    runs = range(rows[0].at + every, rows[-1].at, every)
    known = silences(rows, _long(span), rows[-1].at)

    ours = watched({"type": "absence", "timespan": "36h", "condition": None}, events, span)
    theirs = elastalert(
        "FlatlineRule", rows, {"timeframe": _long(span), "threshold": 1}, every=every
    )

    within_the_stream = {(key, at) for key, at, _ in ours if at <= rows[-1].at}
    assert within_the_stream == {(key, due) for key, due, _ in known}
    assert sorted(theirs) == sorted(
        (key, run) for key, due, end in known for run in runs if due <= run < end
    )
    assert len(theirs) > len(known) > 20
    missed = {
        silence for silence in known if not any(silence[1] <= run < silence[2] for run in runs)
    }
    assert bool(missed) == (hours == 24)


@pytest.mark.parametrize("height", [2, 3])
def test_spike_starts_over_when_it_matches_and_compares_with_another_window(height: int) -> None:
    events = attacks("2004-06-01", "2005-02-01")
    rows, span, least = rows_of(events), 3 * DAY, 6
    condition = {"ratio": height, "floor": least}
    section = {"type": "rate_change", "timespan": "3d", "baseline": "3d", "min_baseline": "3d"}
    vedette = Spike(_long(span), height, least, clears=False, own_start=False, own_newest=False)
    peer = vedette._replace(clears=True, own_start=True, own_newest=True)

    ours = watched(section | {"condition": condition}, events, span)
    theirs = elastalert(
        "SpikeRule",
        rows,
        {
            "timeframe": _long(span),
            "spike_height": height,
            "spike_type": "up",
            "threshold_cur": least,
        },
    )

    assert ours == episodes(spikes(rows, vedette), span)
    assert theirs == spikes(rows, peer)
    assert ours
    assert theirs


@pytest.mark.parametrize("switch", ["clears", "own_start", "own_newest"])
def test_each_way_in_which_spike_differs_shows_on_this_stream(switch: str) -> None:
    rows = rows_of(attacks("2004-06-01", "2005-02-01"))
    vedette = Spike(_long(3 * DAY), 2, 6, clears=False, own_start=False, own_newest=False)

    assert spikes(rows, vedette._replace(**{switch: True})) != spikes(rows, vedette)
