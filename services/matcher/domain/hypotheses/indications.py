"""Indications: from what a window or a source does to changes of hypotheses, over the wire."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from schemas.alert import window_key
from schemas.indication import Indication, WindowDistance
from services.matcher.domain.alerts.step import WindowResult
from services.matcher.domain.hypotheses.change import (
    DistanceChange,
    IndicatorChange,
    SourceChange,
    make_alert_change,
)
from services.matcher.domain.hypotheses.distance import Distance, measure_distance
from services.matcher.domain.hypotheses.hypothesis import WatchedHypothesis
from services.matcher.domain.windows.state import WindowState
from services.matcher.domain.windows.window_rule import WindowRule


def make_indications(
    rule: WindowRule, before: WindowState, outcome: WindowResult, now: datetime
) -> tuple[Indication, ...]:
    """An indication for each hypothesis and alert, and for each change of the distance.

    A repeat makes the same indications again. What is only suspected moves no hypothesis.
    """
    if not rule.hypotheses:
        return ()
    changes = (*_make_alerts(rule, outcome, now), *_make_distance(rule, before, outcome, now))
    return tuple(
        change.model_copy(update={"hypothesis": hypothesis})
        for hypothesis in rule.hypotheses
        for change in changes
    )


def _make_alerts(rule: WindowRule, outcome: WindowResult, now: datetime) -> Iterator[Indication]:
    for alert in outcome.alerts:
        if alert.suspected:
            continue
        blank = _make_blank(rule, now, exercise=alert.exercise)
        yield blank.model_copy(update={"alert": alert})


def _make_distance(
    rule: WindowRule, before: WindowState, outcome: WindowResult, now: datetime
) -> Iterator[Indication]:
    after = before if outcome.state is None else outcome.state
    # before what follows it: what is known of the one is then brought up to the other
    former = measure_distance(rule, before, now) if outcome.is_changed else None
    distance = None if outcome.state is None else measure_distance(rule, outcome.state, now)
    if outcome.is_changed and distance == former:
        return
    window = window_key(rule.pack, rule.name, after.group, exercise=after.exercise).decode()
    sent = distance and WindowDistance(required=distance.required, values=distance.values)
    blank = _make_blank(rule, now, exercise=after.exercise)
    yield blank.model_copy(update={"window": window, "distance": sent})


def make_source_indications(
    hypotheses: Iterable[WatchedHypothesis], source: str, at: datetime, *, silent: bool
) -> tuple[Indication, ...]:
    """An indication for each hypothesis that a source is silent, or is not any more."""
    return tuple(
        Indication(
            pack=hypothesis.pack, hypothesis=hypothesis.name, at=at, source=source, silent=silent
        )
        for hypothesis in hypotheses
    )


def _make_blank(rule: WindowRule, now: datetime, *, exercise: bool) -> Indication:
    return Indication(pack=rule.pack, hypothesis="", rule=rule.name, at=now, exercise=exercise)


def read_indication(indication: Indication) -> IndicatorChange:
    """The change that an indication carries."""
    if indication.source:
        return SourceChange(indication.source, indication.silent)
    if indication.alert is not None:
        return make_alert_change(indication.alert)
    sent = indication.distance
    distance = None if sent is None else Distance(sent.required, sent.values)
    return DistanceChange(indication.rule, indication.window, distance)
