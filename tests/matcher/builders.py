"""Builders of signals and window rules for the engine's tests."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from schemas.alert import Evidence, Level, Suspicion
from schemas.rule import Condition, CorrelationType
from schemas.signal import Signal, SignalKind
from services.matcher.domain.windows.state import micros
from services.matcher.domain.windows.window_rule import WindowRule

NOON = datetime(2020, 1, 14, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)

RULE = WindowRule(
    pack="iraq",
    name="joint_march",
    title="Three proxies endorse one march",
    id=None,
    level=Level.HIGH,
    version=None,
    type=CorrelationType.EVENT_COUNT,
    bases=("march_endorsed",),
    timespan=4 * HOUR,
    condition=Condition(gte=3),
    count_by="event",
    resolve_after=4 * HOUR,
    max_lateness=72 * HOUR,
    group_by=(),
    corroboration=None,
    summary="{{ value }} of them",
    action=None,
)
VALUES = replace(
    RULE, type=CorrelationType.VALUE_COUNT, condition=Condition(field="actor_ids", gte=3)
)
TEMPORAL = replace(
    RULE,
    type=CorrelationType.TEMPORAL,
    bases=("mobilisation", "threat"),
    condition=Condition(gte=2),
)
AWAITED = replace(
    RULE,
    type=CorrelationType.ABSENCE,
    bases=("threat", "denial"),
    condition=Condition(gte=0),
)
NEW = replace(
    RULE,
    type=CorrelationType.NEW_VALUE,
    condition=Condition(gte=0),
    subject="names",
    timespan=HOUR,
    history=24 * HOUR,
    warmup=12 * HOUR,
)
FASTER = replace(
    RULE,
    type=CorrelationType.RATE_CHANGE,
    condition=Condition(ratio=3, floor=2, significance=0.2),
    timespan=2 * HOUR,
    baseline=8 * HOUR,
    min_baseline=4 * HOUR,
)
SHARED = replace(
    RULE,
    type=CorrelationType.SHARED_TERM,
    condition=Condition(gte=3),
    subject="names",
    by="actor_ids",
)
APART = replace(
    RULE,
    type=CorrelationType.DIVERGENCE,
    condition=Condition(by=0.5, floor=2),
    subject="type",
    compared_value="threaten",
    between=("iran", "proxies"),
    baseline=12 * HOUR,
    min_baseline=6 * HOUR,
)
ALONE = replace(
    RULE,
    type=None,
    timespan=timedelta(microseconds=1),
    condition=Condition(gte=1),
    resolve_after=24 * HOUR,
)


def hit(
    hours: float,
    name: str | None = None,
    *,
    values: tuple[str, ...] = (),
    owner: str = "reuters",
    late: timedelta = timedelta(0),
) -> Signal:
    """A hit `hours` after noon, recorded `late` after it happened."""
    identity = f"{owner} {name or hours}"
    at = NOON + hours * HOUR
    return Signal(
        pack="iraq",
        rule="joint_march",
        base="march_endorsed",
        identity=identity,
        occurred_at=at,
        story=identity,
        owner=owner,
        values=values,
        evidence=Evidence(
            event_id=name or str(hours), source=owner, occurred_at=at, recorded_at=at + late
        ),
    )


def retraction(hours: float, name: str | None = None, *, owner: str = "reuters") -> Signal:
    """The retraction of the hit of that time and name."""
    return hit(hours, name, owner=owner).model_copy(update={"kind": SignalKind.RETRACTION})


def suspected(signal: Signal) -> Signal:
    """The same hit, found by the reader alone."""
    near = Suspicion(meaning="march", score=2.0, threshold=1.0, example="They march.")
    evidence = signal.evidence.model_copy(update={"suspicion": near})
    return signal.model_copy(update={"suspected": True, "evidence": evidence})


def of(base: str, signal: Signal) -> Signal:
    """The same hit, of another base rule."""
    return signal.model_copy(update={"base": base})


def by(users: tuple[str, ...], signal: Signal) -> Signal:
    """The same hit, by these."""
    return signal.model_copy(update={"by": users})


def fired(base: str, *hours: float, name: str = "a", values: tuple[str, ...] = ()) -> Signal:
    """The hit of an alert of a base rule that fired at these hours after noon."""
    times = [NOON + each * HOUR for each in hours]
    updates = {
        "revision": len(hours),
        "occurred_until": times[-1],
        "firings": tuple(micros(time) for time in times),
    }
    return of(base, hit(hours[0], name, values=values)).model_copy(update=updates)
