"""Reset: a state starts over, by a changed rule."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from schemas.alert import Status
from schemas.bundle import OnChange
from services.matcher.domain.alerts.evaluation import find_episodes
from services.matcher.domain.alerts.forget import Cutoff, settle_runs
from services.matcher.domain.alerts.kept_words import keep_words
from services.matcher.domain.alerts.rule_generation import RuleGeneration
from services.matcher.domain.windows.announced_alerts import AnnouncedAlert, AnnouncedAlerts
from services.matcher.domain.windows.ordered import Ordered
from services.matcher.domain.windows.state import FiringRun, Hit, WindowState, micros, span
from services.matcher.domain.windows.window_rule import WindowRule


def reset_state(
    rule: WindowRule,
    former: WindowRule | None,
    state: WindowState,
    generation: RuleGeneration,
    clock: datetime | None,
) -> WindowState:
    """The state without its hits, ready for those that the changed rule finds by backfill.

    Retractions stay: a retracted event counts for no version of a rule. Alerts that began before
    the backfill stay as they are, and all keep their words. `former` is the rule that the hits were
    evaluated by; None if it is not known any more. Idempotent.
    """
    bare = _drop_hits(former, state, generation)
    if generation.on_change is OnChange.RESET:
        return msgspec.structs.replace(bare, announced=AnnouncedAlerts(), suspicion=None)
    if state.suspicion is not None:
        suspicion = _reset_suspicion(rule, former, state.suspicion, generation, clock)
        bare = msgspec.structs.replace(bare, suspicion=suspicion)
    cutoff = _find_cutoff(rule, generation, clock)
    if cutoff is None:
        return bare
    return msgspec.structs.replace(
        bare,
        settled_until=cutoff.settled_until,
        runs=_settle_announced(former, state, cutoff),
        announced=bare.announced.filter(cutoff.retains),
    )


def _drop_hits(
    former: WindowRule | None, state: WindowState, generation: RuleGeneration
) -> WindowState:
    since = state.since if generation.since is None else micros(generation.since)
    return msgspec.structs.replace(
        state,
        hits=Ordered(),
        runs=(),
        settled_until=None,
        since=since,
        announced=_keep_words(former, state),
    )


def _reset_suspicion(
    rule: WindowRule,
    former: WindowRule | None,
    suspicion: WindowState,
    generation: RuleGeneration,
    clock: datetime | None,
) -> WindowState:
    """The second evaluation with its suspected reports alone: nobody reads them again.

    They go too if the rule means something else by now. The alerts of base rules come again.
    """
    is_same = suspicion.means == rule.means
    kept = (hit for hit in suspicion.hits if is_same and hit.suspected and not hit.firings)
    bare = reset_state(rule, former, suspicion, generation, clock)
    return msgspec.structs.replace(bare, hits=Ordered.of(kept))


def _keep_words(former: WindowRule | None, state: WindowState) -> AnnouncedAlerts:
    """The alerts with what they said by the rule that their hits were evaluated by."""
    if former is None or not state.hits:
        return state.announced
    return keep_words(former, state, find_episodes(former, state))


def _find_cutoff(
    rule: WindowRule, generation: RuleGeneration, clock: datetime | None
) -> Cutoff | None:
    """Where the backfill begins: it reaches back as far as a state does."""
    times = [time for time in (generation.changed_at, clock) if time is not None]
    if not times:
        return None
    until = micros(max(times)) - span(rule.retention)
    return Cutoff(until, until + span(rule.look_back))


def _settle_announced(
    former: WindowRule | None, state: WindowState, cutoff: Cutoff
) -> tuple[FiringRun, ...]:
    """A run for each alert that began up to `settled_until` and is not withdrawn."""
    gone = [hit for hit in state.hits if hit.at <= cutoff.forgotten_until]
    settled = () if former is None else settle_runs(former, state, cutoff, gone)
    by_start = {run.start: run for run in settled}
    return tuple(
        by_start.get(alert.start) or _recall_run(alert, state.runs, cutoff)
        for alert in state.announced
        if alert.start <= cutoff.settled_until
        and alert.status is not Status.WITHDRAWN
        and cutoff.retains(alert)
    )


def _recall_run(alert: AnnouncedAlert, runs: Sequence[FiringRun], cutoff: Cutoff) -> FiringRun:
    """The run of an alert, as far as it is known without the rule that its hits met."""
    known = next((run for run in runs if run.start == alert.start), None)
    return FiringRun(
        start=alert.start,
        firings=tuple(sorted({alert.start, min(alert.last, cutoff.settled_until)})),
        value=alert.value,
        dropped=0 if known is None else known.dropped,
        corroborated=not alert.uncorroborated,
    )


def record_stale_hit(state: WindowState, identity: str, at: int) -> WindowState:
    """The state after a live hit by an older generation of the rule, which does not count.

    The backfill brings its event again; that hit is live, so that it still pages.
    """
    return msgspec.structs.replace(
        state,
        dropped_live={**state.dropped_live, identity: at},
        hits=_make_live(state.hits, identity),
    )


def _make_live(hits: Ordered[Hit], identity: str) -> Ordered[Hit]:
    for hit in hits.of_identity(identity):
        hits = hits.remove(hit).add(as_live(hit)) if hit.backfill else hits
    return hits


def as_live(hit: Hit) -> Hit:
    """The hit, live even if it was backfilled."""
    return msgspec.structs.replace(hit, backfill=False)
