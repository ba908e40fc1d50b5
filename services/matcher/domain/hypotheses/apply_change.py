"""Applying a change of an indicator to the state of a hypothesis, and keeping the state bounded."""

from collections.abc import Mapping
from datetime import timedelta

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
    MOST_OBSERVATIONS,
    MOST_SILENT,
    MOST_WINDOWS,
    HypothesisState,
    Observation,
)
from services.matcher.domain.windows.state import instant, micros

ALERT_RETENTION = timedelta(days=7)
"""How long after its end the alert of a level is sent again on a repeat."""

MOST_ALERTS = 8
MOST_REPORTS = 5
"""Of the evidence of one alert so much is kept, the newest."""
MOST_WITH_REPORTS = 3
"""Of the alerts of one indicator so many keep their evidence, the newest."""


def apply_change(
    hypothesis: WatchedHypothesis, state: HypothesisState, change: IndicatorChange
) -> HypothesisState:
    """The state with the change in it; the same state if the change says nothing new."""
    if isinstance(change, SourceChange):
        return _apply_source(hypothesis, state, change)
    if change.rule not in hypothesis.by_rule:
        return state
    if isinstance(change, AlertChange):
        return _apply_alert(state, change)
    return _apply_distance(state, change)


def _apply_alert(state: HypothesisState, change: AlertChange) -> HypothesisState:
    observations = state.observations.get(change.rule, ())
    others = tuple(observation for observation in observations if observation.alert != change.alert)
    revisions = [
        observation.revision for observation in observations if observation.alert == change.alert
    ]
    if max(revisions, default=0) >= change.revision:
        return state
    changed = {**state.observations, change.rule: (*others, _observe(change))}
    return msgspec.structs.replace(state, observations=changed)


def _observe(change: AlertChange) -> Observation:
    newest = sorted(change.evidence, key=lambda report: report.occurred_at, reverse=True)
    return Observation(
        alert=change.alert,
        revision=change.revision,
        at=micros(change.at),
        withdrawn=change.status is Status.WITHDRAWN,
        backfill=change.backfill,
        evidence=tuple(
            report.model_dump(mode="json", exclude_defaults=True)
            for report in newest[:MOST_REPORTS]
        ),
    )


def _apply_distance(state: HypothesisState, change: DistanceChange) -> HypothesisState:
    windows = dict(state.distances.get(change.rule, {}))
    windows.pop(change.window, None)
    if change.distance is not None:
        windows[change.window] = change.distance
    return msgspec.structs.replace(state, distances={**state.distances, change.rule: windows})


def _apply_source(
    hypothesis: WatchedHypothesis, state: HypothesisState, change: SourceChange
) -> HypothesisState:
    silent = [source for source in state.silent_sources if source != change.source]
    if change.silent:
        silent.append(change.source)
    # of too many those are kept that an indicator names, then the newest
    named = {source for indicator in hypothesis.indicators for source in indicator.sources}
    silent.sort(key=lambda source: source in named)
    return msgspec.structs.replace(state, silent_sources=tuple(silent[-MOST_SILENT:]))


def trim_state(hypothesis: WatchedHypothesis, state: HypothesisState) -> HypothesisState:
    """The state without what has no effect any more; bounded."""
    if state.time is None:
        return state
    time, by_rule = state.time, hypothesis.by_rule
    observations = {
        rule: _trim_observations(by_rule[rule], of_rule, time)
        for rule, of_rule in state.observations.items()
        if rule in by_rule
    }
    distances = {rule: _trim_distances(windows, time) for rule, windows in state.distances.items()}
    return msgspec.structs.replace(
        state,
        observations=observations,
        distances={rule: windows for rule, windows in distances.items() if windows},
    ).with_alerts(*(alert for alert in state.alerts[-MOST_ALERTS:] if _is_kept(alert, time)))


def _trim_observations(
    indicator: Indicator, observations: tuple[Observation, ...], time: int
) -> tuple[Observation, ...]:
    # the newest is kept though it is expired: without it an expired indicator would be dormant
    newest = sorted(
        observations, key=lambda observation: (not observation.withdrawn, observation.at)
    )
    *older, last = newest[-MOST_OBSERVATIONS:]
    kept = [
        *(observation for observation in older if not indicator.is_expired(time - observation.at)),
        last,
    ]
    # the oldest is kept too: a phase began with it
    first = next((observation for observation in newest if not observation.withdrawn), last)
    if first not in kept:
        kept = [first, *kept[1 - MOST_OBSERVATIONS :]]
    bare = (
        msgspec.structs.replace(observation, evidence=())
        for observation in kept[:-MOST_WITH_REPORTS]
    )
    return (*bare, *kept[-MOST_WITH_REPORTS:])


def _trim_distances(windows: Mapping[str, Distance], time: int) -> dict[str, Distance]:
    later = {window: distance.at(time) for window, distance in windows.items()}
    valid = [(window, distance) for window, distance in later.items() if distance is not None]
    valid.sort(key=lambda pair: (pair[1].missing, pair[0]))
    return dict(valid[:MOST_WINDOWS])


def _is_kept(alert: Alert, time: int) -> bool:
    return alert.resolved_at is None or alert.resolved_at + ALERT_RETENTION > instant(time)
