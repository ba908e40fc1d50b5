"""Forgetting: old hits are dropped by the clock, without changing an episode."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from schemas.alert import Status
from schemas.rule import CorrelationType
from schemas.signal import MOST_FIRINGS
from services.matcher.domain.alerts.episodes import Episode, list_owners, name_owners
from services.matcher.domain.alerts.evaluation import find_episodes
from services.matcher.domain.alerts.excess import choose_excess
from services.matcher.domain.alerts.tally import CHOOSING, is_evidence
from services.matcher.domain.windows.announced_alerts import AnnouncedAlert, AnnouncedAlerts
from services.matcher.domain.windows.ordered import Ordered
from services.matcher.domain.windows.state import NEVER, FiringRun, Hit, WindowState, span
from services.matcher.domain.windows.window import find_window_evidence, hits_near
from services.matcher.domain.windows.window_rule import WindowRule

MOST_ALERTS = 1000
"""Ended alerts that one key keeps."""
MOST_FIRING = 1500
"""Alerts that one key keeps in all; those firing beyond it are dropped without an end."""
KEPT_FIRING = 1350
"""Those that are left then, so that to drop some does not fall to every hit."""
_SETTLED_AT_ONCE = 100
"""The part of `max_hits` that a full key settles at once, so that its next hits cost no more."""
_EACH_COUNTS = {CorrelationType.ABSENCE, CorrelationType.TEMPORAL_ORDERED}
"""Types whose evidence depends on each firing time, not on what their windows cover together."""


@dataclass(frozen=True, slots=True)
class Cutoff:
    """Up to which times a state is forgotten, settled and abandoned, inclusive. In microseconds.

    Hits up to `forgotten_until` are dropped. Windows that end up to `settled_until` have lost hits
    or will: their firing times are kept in runs and change no more.
    """

    forgotten_until: int
    settled_until: int
    abandoned_until: int = NEVER

    def retains(self, alert: AnnouncedAlert) -> bool:
        """Whether the alert is kept."""
        # a firing alert is kept until a tick resolves it
        until = self.abandoned_until if alert.status is Status.FIRING else self.forgotten_until
        return alert.last > until


def forget(rule: WindowRule, state: WindowState, clock: int | None) -> WindowState:
    """`state` without what is older than the rule's retention, or more than a key keeps.

    A key keeps `max_hits` hits and retractions, and MOST_ALERTS alerts, so that a state fits its
    parts whatever comes. Of hits it is those of the owner that holds most that are settled, of all
    else the oldest. An episode of any length keeps its start and its count: what its dropped hits
    made fire is settled first. `settled_until` never moves back.
    """
    return _settle_excess(rule, _forget_old(rule, state, clock))


def is_full(rule: WindowRule, state: WindowState) -> bool:
    """Whether the state holds more than `max_hits` hits; the next step settles some."""
    return len(state.hits) > rule.max_hits


def has_too_many_alerts(state: WindowState) -> bool:
    """Whether the state holds more alerts than a key keeps."""
    return len(state.announced) > MOST_FIRING


def _settle_excess(rule: WindowRule, state: WindowState) -> WindowState:
    """`state` without the hits that are too many, whose windows are settled."""
    if not is_full(rule, state):
        return state
    most = rule.max_hits - rule.max_hits // _SETTLED_AT_ONCE
    gone = sorted(choose_excess(state.hits, most), key=lambda hit: hit.order)
    kept = Cutoff(NEVER, _cut(rule, state, gone[-1].at).settled_until)
    return msgspec.structs.replace(
        state,
        settled_until=kept.settled_until,
        runs=settle_runs(rule, state, kept, gone),
        hits=state.hits.without({hit.identity for hit in gone}),
    )


def _forget_old(rule: WindowRule, state: WindowState, clock: int | None) -> WindowState:
    cutoff = _find_cutoff(rule, state, clock)
    if not _exceeds(state, cutoff):
        return state
    gone = list(state.hits.forwards(NEVER, cutoff.forgotten_until))
    return msgspec.structs.replace(
        state,
        settled_until=cutoff.settled_until,
        runs=settle_runs(rule, state, cutoff, gone),
        hits=state.hits.drop_until(cutoff.forgotten_until),
        retractions=_drop_older(state.retractions, cutoff),
        dropped_live=_drop_older(state.dropped_live, cutoff),
        announced=state.announced.filter(cutoff.retains),
    )


def _find_cutoff(rule: WindowRule, state: WindowState, clock: int | None) -> Cutoff:
    abandoned_until = NEVER
    if has_too_many_alerts(state):
        lasts = [alert.last for alert in state.announced]
        abandoned_until = _find_excess(lasts, MOST_FIRING, KEPT_FIRING)
    until = max(
        NEVER if clock is None else clock - span(rule.retention),
        _find_excess(state.retractions.values(), rule.max_hits),
        _find_excess(state.dropped_live.values(), rule.max_hits),
        _find_excess_of_ended(state.announced),
        abandoned_until,
    )
    return _cut(rule, state, until, abandoned_until)


def _cut(rule: WindowRule, state: WindowState, until: int, abandoned_until: int = NEVER) -> Cutoff:
    """The cutoff of a state that loses hits up to a time."""
    known = NEVER if state.settled_until is None else state.settled_until
    return Cutoff(until, max(known, until + span(rule.look_back)), abandoned_until)


def _find_excess(times: Collection[int], most: int, kept: int | None = None) -> int:
    """The time up to which there are more than the newest `most`; then only `kept` are."""
    return sorted(times)[-(kept or most) - 1] if len(times) > most else NEVER


def _find_excess_of_ended(alerts: AnnouncedAlerts) -> int:
    if len(alerts) - alerts.count_firing <= MOST_ALERTS:
        return NEVER
    ended = [alert.last for alert in alerts if alert.status is not Status.FIRING]
    return _find_excess(ended, MOST_ALERTS)


def _exceeds(state: WindowState, cutoff: Cutoff) -> bool:
    """Whether the state holds anything to drop."""
    oldest = [state.hits[0].at] if state.hits else []
    times = (*oldest, *state.retractions.values(), *state.dropped_live.values())
    if any(at <= cutoff.forgotten_until for at in times):
        return True
    lasts = state.announced.lasts
    is_old = lasts is not None and lasts[0] <= max(cutoff.forgotten_until, cutoff.abandoned_until)
    return is_old and not all(map(cutoff.retains, state.announced))


def _drop_older(times: Mapping[str, int], cutoff: Cutoff) -> dict[str, int]:
    return {identity: at for identity, at in times.items() if at > cutoff.forgotten_until}


def settle_runs(
    rule: WindowRule, state: WindowState, cutoff: Cutoff, gone: Sequence[Hit]
) -> tuple[FiringRun, ...]:
    """The runs that begin up to `settled_until` and that a kept hit or a firing alert needs.

    `gone` are the hits that are dropped, in order.
    """
    firing = {
        alert.start
        for alert in state.announced
        if alert.status is Status.FIRING and cutoff.retains(alert)
    }
    kept = (
        episode
        for episode in find_episodes(rule, state)
        if episode.start <= cutoff.settled_until
        and (episode.last > cutoff.forgotten_until or episode.start in firing)
    )
    return tuple(_settle_run(rule, state.hits, episode, cutoff, gone) for episode in kept)


def _settle_run(
    rule: WindowRule, hits: Ordered[Hit], episode: Episode, cutoff: Cutoff, gone: Sequence[Hit]
) -> FiringRun:
    run = episode.run
    settled = run.firings[: bisect_right(run.firings, cutoff.settled_until)]
    dropped = _find_dropped(rule, hits, episode, gone)
    return FiringRun(
        start=run.start,
        firings=_keep_firings(rule, hits, settled, cutoff),
        value=run.value,
        dropped=run.dropped + len({hit.identity for hit in dropped}),
        corroborated=not episode.uncorroborated,
        owners=name_owners((*run.owners, *list_owners(dropped))),
    )


def _find_dropped(
    rule: WindowRule, hits: Ordered[Hit], episode: Episode, gone: Sequence[Hit]
) -> Sequence[Hit]:
    """The evidence that is forgotten."""
    after = episode.firings[0] - span(rule.timespan)
    near = hits_near(rule, gone, after - 1, episode.last)
    if rule.type not in CHOOSING:
        return find_window_evidence(rule, near, episode.firings)
    return [hit for hit in near if is_evidence(rule, hits, hit, episode.firings)]


def _keep_firings(
    rule: WindowRule, hits: Ordered[Hit], settled: Sequence[int], cutoff: Cutoff
) -> tuple[int, ...]:
    """The last firing time, those of windows that may hold a hit, and what rules above count."""
    older = bisect_right(settled, cutoff.forgotten_until)
    kept = max(0, older - MOST_FIRINGS) if rule.is_counted else older
    times = tuple(settled[min(kept, len(settled) - 1) :])
    if len(times) > rule.max_hits:
        return _keep_needed(rule, hits, times)
    return times if rule.is_counted else _thin_out(rule, times)


def _keep_needed(rule: WindowRule, hits: Ordered[Hit], times: tuple[int, ...]) -> tuple[int, ...]:
    """The first, the newest, and those that make a hit evidence: its first one behind it."""
    waits = span(rule.timespan) if rule.type is CorrelationType.ABSENCE else 0
    needed = {times[0], *times[-MOST_FIRINGS:]}
    for hit in hits:
        following = bisect_left(times, hit.first + waits)
        needed.update(times[following : following + 1])
    return tuple(sorted(needed))


def _thin_out(rule: WindowRule, times: tuple[int, ...]) -> tuple[int, ...]:
    """The first, the last, and of those between as many as leave no hit out of every window."""
    if rule.certain or rule.counts_alerts or rule.type in _EACH_COUNTS:
        return times
    kept, place = [times[0]], 0
    while place < len(times) - 1:
        place = max(place + 1, bisect_right(times, kept[-1] + span(rule.timespan)) - 1)
        kept.append(times[place])
    return tuple(kept)
