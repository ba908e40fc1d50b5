"""Anew: the windows of a rule that was changed begin again, and keep what they announced."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from schemas.alert import Status
from schemas.bundle import OnChange
from services.matcher.domain.alerts.forget import is_retained, settle_runs
from services.matcher.domain.alerts.rule_generation import RuleGeneration
from services.matcher.domain.windows.state import (
    AnnouncedAlert,
    FiringRun,
    Hit,
    WindowState,
    micros,
    span,
)
from services.matcher.domain.windows.window_rule import WindowRule


def reset_state(
    rule: WindowRule,
    was: WindowRule | None,
    state: WindowState,
    generation: RuleGeneration,
    clock: datetime | None,
) -> WindowState:
    """The state without its hits, ready for those that the changed rule finds in the past.

    Marks stay: an event that was withdrawn is withdrawn for every version of a rule. What the past
    does not cover is not judged again: alerts that began there stand as they were. `was` is the
    rule by which the hits were judged, None if nobody knows it any more. Twice is the same as once.
    """
    since = state.since if generation.since is None else micros(generation.since)
    bare = msgspec.structs.replace(state, hits=(), since=since)
    if generation.on_change is OnChange.RESET:
        return msgspec.structs.replace(bare, runs=(), settled_until=None, announced=())
    horizon = _horizon(rule, generation, clock)
    if horizon is None:
        return msgspec.structs.replace(bare, runs=(), settled_until=None)
    cut = horizon + span(rule.look_back)
    return msgspec.structs.replace(
        bare,
        settled_until=cut,
        runs=_uncovered(was, state, cut, horizon),
        announced=tuple(one for one in state.announced if is_retained(one, horizon)),
    )


def _horizon(rule: WindowRule, generation: RuleGeneration, clock: datetime | None) -> int | None:
    """Where the past begins that is judged again: it reaches back as far as a state does."""
    times = [time for time in (generation.changed_at, clock) if time is not None]
    return micros(max(times)) - span(rule.retention) if times else None


def _uncovered(
    was: WindowRule | None, state: WindowState, cut: int, horizon: int
) -> tuple[FiringRun, ...]:
    """A run for each announced alert that began up to the cut."""
    known = () if was is None else settle_runs(was, state, cut, horizon)
    by_start = {run.start: run for run in known}
    return tuple(
        by_start.get(one.start) or _as_announced(one, state.runs, cut)
        for one in state.announced
        if one.start <= cut and one.status is not Status.WITHDRAWN and is_retained(one, horizon)
    )


def _as_announced(one: AnnouncedAlert, runs: Sequence[FiringRun], cut: int) -> FiringRun:
    """What is known of it without the rule that its hits were judged by."""
    run = next((run for run in runs if run.start == one.start), None)
    return FiringRun(
        start=one.start,
        firings=tuple(sorted({one.start, min(one.last, cut)})),
        value=one.value,
        dropped=0 if run is None else run.dropped,
        corroborated=not one.uncorroborated,
    )


def record_stale_hit(state: WindowState, identity: str, at: int) -> WindowState:
    """The state once a live hit has come for an older version of the rule: it is not counted.

    Its event comes again from the past, and is live then for whoever was on the way to be paged.
    """
    return msgspec.structs.replace(
        state,
        live={**state.live, identity: at},
        hits=tuple(as_live(hit) if hit.identity == identity else hit for hit in state.hits),
    )


def as_live(hit: Hit) -> Hit:
    """The hit, as one that did not come from the past."""
    return msgspec.structs.replace(hit, backfill=False)
