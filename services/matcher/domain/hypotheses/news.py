"""News: what an outcome of a window means to the hypotheses that list its rule, on the wire."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from schemas.alert import window_key
from schemas.indication import Indication, WindowDistance
from services.matcher.domain.alerts.step import StepResult
from services.matcher.domain.hypotheses.change import (
    DistanceChange,
    IndicatorChange,
    SourceChange,
    alert_change,
)
from services.matcher.domain.hypotheses.distance import Distance, distance
from services.matcher.domain.hypotheses.hypothesis import WatchedHypothesis
from services.matcher.domain.windows.state import WindowState
from services.matcher.domain.windows.window_rule import WindowRule


def news(
    rule: WindowRule, before: WindowState, outcome: StepResult, now: datetime
) -> tuple[Indication, ...]:
    """An indication for each hypothesis and alert, and for each change of the distance.

    What is sent again for a repeat leads to the same news again.
    """
    return tuple(
        told.model_copy(update={"hypothesis": name})
        for name in rule.hypotheses
        for told in (*_alerts(rule, outcome, now), *_near(rule, before, outcome, now))
    )


def _alerts(rule: WindowRule, outcome: StepResult, now: datetime) -> Iterator[Indication]:
    for alert in outcome.alerts:
        yield _blank(rule, now, exercise=alert.exercise).model_copy(update={"alert": alert})


def _near(
    rule: WindowRule, before: WindowState, outcome: StepResult, now: datetime
) -> Iterator[Indication]:
    after = before if outcome.state is None else outcome.state
    near = None if outcome.state is None else distance(rule, outcome.state, now)
    if outcome.changed and near == distance(rule, before, now):
        return
    window = window_key(rule.pack, rule.name, after.group, exercise=after.exercise)
    sent = None if near is None else WindowDistance(required=near.required, values=near.values)
    yield _blank(rule, now, exercise=after.exercise).model_copy(
        update={"window": window.decode(), "distance": sent}
    )


def source_news(
    hypotheses: Iterable[WatchedHypothesis], source: str, at: datetime, *, silent: bool
) -> tuple[Indication, ...]:
    """An indication for each hypothesis that a source is silent, or is not any more."""
    return tuple(
        Indication(pack=one.pack, hypothesis=one.name, at=at, source=source, silent=silent)
        for one in hypotheses
    )


def _blank(rule: WindowRule, now: datetime, *, exercise: bool) -> Indication:
    return Indication(pack=rule.pack, hypothesis="", rule=rule.name, at=now, exercise=exercise)


def change_of(indication: Indication) -> IndicatorChange:
    """What an indication says to its hypothesis."""
    if indication.source:
        return SourceChange(indication.source, indication.silent)
    if indication.alert is not None:
        return alert_change(indication.alert)
    sent = indication.distance
    near = None if sent is None else Distance(sent.required, sent.values)
    return DistanceChange(indication.rule, indication.window, near)
