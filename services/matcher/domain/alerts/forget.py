"""Forgetting: what the clock lets go of. It never refuses, and it changes no episode."""

from collections.abc import Mapping, Sequence

import msgspec

from schemas.alert import Status
from services.matcher.domain.alerts.corroboration import corroborated
from services.matcher.domain.alerts.episodes import find_runs
from services.matcher.domain.windows.firing import evidence
from services.matcher.domain.windows.state import AnnouncedAlert, FiringRun, Hit, WindowState, span
from services.matcher.domain.windows.window_rule import WindowRule

_NEVER = -(2**63)


def forget(rule: WindowRule, state: WindowState, clock: int | None) -> WindowState:
    """`state` without what lies further back than the rule can still look, or allows to keep.

    Windows that end up to the cut have lost hits or are about to: their firing times are settled
    into runs first, so that an episode which lasts for months keeps its start and its count.
    """
    horizon = _horizon(rule, state, clock)
    if not _reaches_behind(state, horizon):
        return state
    cut = max(horizon + span(rule.look_back), state.settled_until or 0)
    return msgspec.structs.replace(
        state,
        settled_until=cut,
        runs=settle_runs(rule, state, cut, horizon),
        hits=tuple(hit for hit in state.hits if hit.at > horizon),
        retractions=_after(horizon, state.retractions),
        live=_after(horizon, state.live),
        announced=tuple(one for one in state.announced if is_retained(one, horizon)),
    )


def is_full(rule: WindowRule, state: WindowState) -> bool:
    """Whether the state holds more hits than the rule allows: the oldest go at the next step."""
    return len(state.hits) > rule.max_hits


def _horizon(rule: WindowRule, state: WindowState, clock: int | None) -> int:
    horizon = _NEVER if clock is None else clock - span(rule.retention)
    return max(horizon, state.hits[-rule.max_hits - 1].at) if is_full(rule, state) else horizon


def _after(horizon: int, times: Mapping[str, int]) -> dict[str, int]:
    return {identity: at for identity, at in times.items() if at > horizon}


def is_retained(one: AnnouncedAlert, horizon: int) -> bool:
    """Whether an alert outlives the horizon."""
    # what still fires is not forgotten before a tick has resolved it
    return one.last > horizon or one.status is Status.FIRING


def _reaches_behind(state: WindowState, horizon: int) -> bool:
    oldest = [hit.at for hit in state.hits[:1]]
    times = (*oldest, *state.retractions.values(), *state.live.values())
    return any(at <= horizon for at in times) or any(
        not is_retained(one, horizon) for one in state.announced
    )


def settle_runs(
    rule: WindowRule, state: WindowState, cut: int, horizon: int
) -> tuple[FiringRun, ...]:
    """The runs that began up to the cut, without what no kept hit decides any more."""
    standing = {one.start for one in state.announced if one.status is Status.FIRING}
    kept = (
        run
        for run in find_runs(rule, state)
        if run.start <= cut and (run.last > horizon or run.start in standing)
    )
    return tuple(_settle(rule, state.hits, run, (cut, horizon)) for run in kept)


def _settle(
    rule: WindowRule, hits: Sequence[Hit], run: FiringRun, bounds: tuple[int, int]
) -> FiringRun:
    cut, horizon = bounds
    past = tuple(time for time in run.firings if time <= cut)
    behind = evidence(rule, hits, run.firings)
    return FiringRun(
        start=run.start,
        firings=tuple(time for time in past if time > horizon or time == past[-1]),
        value=run.value,
        dropped=run.dropped + _dropped(behind, horizon),
        corroborated=run.corroborated or corroborated(rule.corroboration, behind),
    )


def _dropped(behind: Sequence[Hit], horizon: int) -> int:
    return len({hit.identity for hit in behind if hit.at <= horizon})
