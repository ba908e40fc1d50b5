"""Hearing: what a change of an indicator leaves in the state of a hypothesis, and for how long."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TypeVar

import msgspec

from schemas.alert import Alert, Status
from services.matcher.domain.hypotheses.change import (
    AlertChange,
    DistanceChange,
    IndicatorChange,
    SourceChange,
)
from services.matcher.domain.hypotheses.distance import Distance
from services.matcher.domain.hypotheses.hypothesis import Indicator, WatchedHypothesis
from services.matcher.domain.hypotheses.state import (
    MOST_SIGHTINGS,
    MOST_SILENT,
    MOST_WINDOWS,
    HypothesisState,
    Observation,
)
from services.matcher.domain.windows.state import instant, micros

KEPT_AFTER_ITS_END = timedelta(days=7)
"""So long the alert of a level that has ended is sent again on a repeat."""

MOST_ALERTS = 8
MOST_REPORTS = 5
"""Of the evidence of one alert the newest are kept."""
MOST_WITH_REPORTS = 3
"""Only so many of an indicator's newest alerts keep their evidence."""

V = TypeVar("V")


def noted(
    hypothesis: WatchedHypothesis, state: HypothesisState, change: IndicatorChange
) -> HypothesisState:
    """The state with the change in it; the same one if it says nothing new."""
    if isinstance(change, SourceChange):
        return _with_source(hypothesis, state, change)
    if change.rule not in hypothesis.by_rule:
        return state
    if isinstance(change, AlertChange):
        return _sighted(state, change)
    return _measured(state, change)


def _sighted(state: HypothesisState, change: AlertChange) -> HypothesisState:
    seen = state.sightings.get(change.rule, ())
    known = next((one for one in seen if one.alert == change.alert), None)
    if known is not None and known.revision >= change.revision:
        return state
    others = tuple(one for one in seen if one is not known)
    sightings = {**state.sightings, change.rule: (*others, _sighting(change))}
    return msgspec.structs.replace(state, sightings=sightings)


def _sighting(change: AlertChange) -> Observation:
    newest = sorted(change.evidence, key=lambda one: one.occurred_at, reverse=True)[:MOST_REPORTS]
    return Observation(
        alert=change.alert,
        revision=change.revision,
        at=micros(change.at),
        withdrawn=change.status is Status.WITHDRAWN,
        backfill=change.backfill,
        evidence=tuple(one.model_dump(mode="json", exclude_defaults=True) for one in newest),
    )


def _measured(state: HypothesisState, change: DistanceChange) -> HypothesisState:
    windows = _without(state.distances.get(change.rule, {}), change.window)
    if change.distance is not None:
        windows = {**windows, change.window: change.distance}
    return msgspec.structs.replace(state, distances={**state.distances, change.rule: windows})


def _with_source(
    hypothesis: WatchedHypothesis, state: HypothesisState, change: SourceChange
) -> HypothesisState:
    others = [one for one in state.silent if one != change.source]
    silent = [*others, change.source] if change.silent else others
    # of too many those stay that an indicator names, and the newest
    named = {source for indicator in hypothesis.indicators for source in indicator.sources}
    silent.sort(key=lambda one: one in named)
    return msgspec.structs.replace(state, silent=tuple(silent[-MOST_SILENT:]))


def _without(known: Mapping[str, V], key: str) -> dict[str, V]:
    return {name: value for name, value in known.items() if name != key}


def kept(hypothesis: WatchedHypothesis, state: HypothesisState) -> HypothesisState:
    """The state without what says nothing any more; bounded."""
    if state.time is None:
        return state
    return msgspec.structs.replace(
        state,
        sightings=_kept_sightings(hypothesis, state.sightings, state.time),
        distances=_kept_distances(state.distances, state.time),
        announced=tuple(
            alert.model_dump(mode="json", exclude_defaults=True)
            for alert in state.alerts[-MOST_ALERTS:]
            if not _long_over(alert, state.time)
        ),
    )


def _kept_sightings(
    hypothesis: WatchedHypothesis, sightings: Mapping[str, tuple[Observation, ...]], time: int
) -> dict[str, tuple[Observation, ...]]:
    known = hypothesis.by_rule
    return {
        rule: _fresh(known[rule], seen, time) for rule, seen in sightings.items() if rule in known
    }


def _fresh(
    indicator: Indicator, seen: tuple[Observation, ...], time: int
) -> tuple[Observation, ...]:
    # the newest stays though it is expired: it is what tells expired from dormant
    newest = sorted(seen, key=lambda one: (not one.withdrawn, one.at))[-MOST_SIGHTINGS:]
    lasts = indicator.expires_after
    left = [one for one in newest[:-1] if lasts is None or one.at + lasts > time]
    told = [*left, newest[-1]]
    bare = (msgspec.structs.replace(one, evidence=()) for one in told[:-MOST_WITH_REPORTS])
    return (*bare, *told[-MOST_WITH_REPORTS:])


def _kept_distances(
    distances: Mapping[str, dict[str, Distance]], time: int
) -> dict[str, dict[str, Distance]]:
    kept_windows = {rule: _near(windows, time) for rule, windows in distances.items()}
    return {rule: windows for rule, windows in kept_windows.items() if windows}


def _near(windows: Mapping[str, Distance], time: int) -> dict[str, Distance]:
    left = {window: one.later(time) for window, one in windows.items()}
    known = [(window, one) for window, one in left.items() if one is not None]
    known.sort(key=lambda pair: (pair[1].asked - pair[1].value, pair[0]))
    return dict(known[:MOST_WINDOWS])


def _long_over(alert: Alert, time: int) -> bool:
    ended = alert.resolved_at
    return ended is not None and ended + KEPT_AFTER_ITS_END <= instant(time)
