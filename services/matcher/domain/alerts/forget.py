"""Forgetting: old hits are dropped by the clock, without changing an episode."""

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from schemas.alert import Status
from schemas.signal import MOST_FIRINGS
from services.matcher.domain.alerts.corroboration import is_corroborated
from services.matcher.domain.alerts.episodes import find_runs, list_owners, name_owners
from services.matcher.domain.windows.firing import find_evidence
from services.matcher.domain.windows.state import AnnouncedAlert, FiringRun, Hit, WindowState, span
from services.matcher.domain.windows.window_rule import WindowRule

MOST_ALERTS = 1000
"""Ended alerts that one key keeps."""
MOST_FIRING = 1500
"""Alerts that one key keeps in all; those firing beyond it are dropped without an end."""
_NEVER = -(2**63)


@dataclass(frozen=True, slots=True)
class Cutoff:
    """Up to which times a state is forgotten, settled and abandoned, inclusive. In microseconds.

    Hits up to `forgotten_until` are dropped. Windows that end up to `settled_until` have lost hits
    or will: their firing times are kept in runs and change no more.
    """

    forgotten_until: int
    settled_until: int
    abandoned_until: int = _NEVER

    def retains(self, alert: AnnouncedAlert) -> bool:
        """Whether the alert is kept."""
        # a firing alert is kept until a tick resolves it
        until = self.abandoned_until if alert.status is Status.FIRING else self.forgotten_until
        return alert.last > until


def forget(rule: WindowRule, state: WindowState, clock: int | None) -> WindowState:
    """`state` without what is older than the rule's retention, or more than a key keeps.

    A key keeps `max_hits` hits and retractions, and MOST_ALERTS alerts. It is the oldest that is
    settled, so that a state fits its parts whatever comes. An episode of any length keeps its start
    and its count: what its dropped hits made fire is settled first. `settled_until` never moves
    back.
    """
    cutoff = _find_cutoff(rule, state, clock)
    if not _exceeds(state, cutoff):
        return state
    return msgspec.structs.replace(
        state,
        settled_until=cutoff.settled_until,
        runs=settle_runs(rule, state, cutoff),
        hits=state.hits.drop_until(cutoff.forgotten_until),
        retractions=_drop_older(state.retractions, cutoff),
        dropped_live=_drop_older(state.dropped_live, cutoff),
        announced=tuple(filter(cutoff.retains, state.announced)),
    )


def is_full(rule: WindowRule, state: WindowState) -> bool:
    """Whether the state holds more than `max_hits` hits; the next step drops the oldest."""
    return len(state.hits) > rule.max_hits


def _find_cutoff(rule: WindowRule, state: WindowState, clock: int | None) -> Cutoff:
    alerts = state.announced
    ended = [alert.last for alert in alerts if alert.status is not Status.FIRING]
    abandoned_until = _find_excess([alert.last for alert in alerts], MOST_FIRING)
    until = max(
        _NEVER if clock is None else clock - span(rule.retention),
        state.hits[-rule.max_hits - 1].at if is_full(rule, state) else _NEVER,
        _find_excess(state.retractions.values(), rule.max_hits),
        _find_excess(state.dropped_live.values(), rule.max_hits),
        _find_excess(ended, MOST_ALERTS),
        abandoned_until,
    )
    known = _NEVER if state.settled_until is None else state.settled_until
    return Cutoff(until, max(known, until + span(rule.look_back)), abandoned_until)


def _find_excess(times: Collection[int], most: int) -> int:
    """The time up to which there are more than the newest `most`."""
    return sorted(times)[-most - 1] if len(times) > most else _NEVER


def _exceeds(state: WindowState, cutoff: Cutoff) -> bool:
    """Whether the state holds anything to drop."""
    oldest = (hit.at for hit in state.hits[:1])
    times = (*oldest, *state.retractions.values(), *state.dropped_live.values())
    return any(at <= cutoff.forgotten_until for at in times) or not all(
        map(cutoff.retains, state.announced)
    )


def _drop_older(times: Mapping[str, int], cutoff: Cutoff) -> dict[str, int]:
    return {identity: at for identity, at in times.items() if at > cutoff.forgotten_until}


def settle_runs(rule: WindowRule, state: WindowState, cutoff: Cutoff) -> tuple[FiringRun, ...]:
    """The runs that begin up to `settled_until` and that a kept hit or a firing alert needs."""
    firing = {alert.start for alert in state.announced if alert.status is Status.FIRING}
    kept = (
        run
        for run in find_runs(rule, state)
        if run.start <= cutoff.settled_until
        and (run.last > cutoff.forgotten_until or run.start in firing)
    )
    return tuple(_settle_run(rule, state.hits, run, cutoff) for run in kept)


def _settle_run(rule: WindowRule, hits: Sequence[Hit], run: FiringRun, cutoff: Cutoff) -> FiringRun:
    settled = [time for time in run.firings if time <= cutoff.settled_until]
    evidence = find_evidence(rule, hits, run.firings)
    dropped = [hit for hit in evidence if hit.at <= cutoff.forgotten_until]
    return FiringRun(
        start=run.start,
        firings=_keep_firings(rule, settled, cutoff),
        value=run.value,
        dropped=run.dropped + len({hit.identity for hit in dropped}),
        corroborated=run.corroborated or is_corroborated(rule.corroboration, evidence),
        owners=name_owners((*run.owners, *list_owners(dropped))),
    )


def _keep_firings(rule: WindowRule, settled: Sequence[int], cutoff: Cutoff) -> tuple[int, ...]:
    """The last firing time, those of windows that may hold a hit, and what rules above count."""
    older = bisect_right(settled, cutoff.forgotten_until)
    kept = max(0, older - MOST_FIRINGS) if rule.is_counted else older
    return tuple(settled[min(kept, len(settled) - 1) :])
