"""Announcing: which alert each episode has, and the revisions that its changes make."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from schemas.alert import Level, Status, alert_id
from schemas.rule import CorrelationType
from services.matcher.domain.alerts.episodes import Episode, digest_firings, find_episode
from services.matcher.domain.alerts.newest_evidence import walk_evidence
from services.matcher.domain.alerts.render import state_fingerprint
from services.matcher.domain.alerts.time_range import TimeRange
from services.matcher.domain.windows.announced_alerts import AnnouncedAlert, AnnouncedAlerts
from services.matcher.domain.windows.state import FOREVER, NEVER, WindowState, span
from services.matcher.domain.windows.window_rule import WindowRule

MERGED = "merged"
GONE = "gone"


@dataclass(frozen=True, slots=True)
class AnnounceContext:
    """What announcing needs besides state and episodes. Times in microseconds.

    `clock` is None until every events partition has ticked; nothing resolves before.
    `withdraw_reason` is that of an alert whose episode no longer exists.
    """

    clock: int | None
    now: int
    withdraw_reason: str = GONE

    def is_past(self, time: int) -> bool:
        """Whether the clock has reached a time."""
        return self.clock is not None and self.clock >= time


def claim_episodes(
    rule: WindowRule,
    announced: Sequence[AnnouncedAlert],
    before: Sequence[Episode],
    after: Sequence[Episode],
) -> dict[str, Episode | None]:
    """The episode that each alert claims, by alert id; withdrawn alerts claim none.

    It is the one that shares most evidence, then most firing times (a hit may be evidence of
    several), then the earliest; else the first one within `resolve_after` of the alert; else None.
    """
    claims: dict[str, Episode | None] = {}
    for alert in announced:
        if alert.status is not Status.WITHDRAWN:
            former, heir = find_episode(before, alert.start), find_episode(after, alert.start)
            if former is None or heir is None or not _keeps_all(former, heir):
                heir = _find_heir(rule, former, alert, _list_near(rule, alert, after))
            claims[alert.id] = heir
    return claims


def claim_changed(
    rule: WindowRule,
    announced: AnnouncedAlerts,
    before: Sequence[Episode],
    after: Sequence[Episode],
    changed: TimeRange,
) -> dict[str, Episode | None]:
    """The claims that may be others than before, and those that such a claim contests.

    The episodes that begin outside of `changed` are the same before and after.
    """
    first, last = changed
    claims = claim_episodes(rule, announced.starting(first, last), before, after)
    starts = {episode.start for episode in claims.values() if episode is not None}
    near = announced.starting(min(starts, default=FOREVER), max(starts, default=NEVER))
    contested = [alert for alert in near if alert.start in starts and alert.id not in claims]
    return claims | claim_episodes(rule, contested, before, after)


def _keeps_all(before: Episode, after: Episode) -> bool:
    """Whether an episode keeps its firing times, and its evidence but what is retracted.

    No other shares more of both. An event stays evidence while the times fire that it is of; where
    order decides, it also needs a first step.
    """
    if before is after:
        return True
    times = before.firings
    is_ordered = before.rule.type is CorrelationType.TEMPORAL_ORDERED
    is_more = after.count >= before.count or not is_ordered
    return is_more and after.firings[: len(times)] == times


def _list_near(
    rule: WindowRule, alert: AnnouncedAlert, after: Sequence[Episode]
) -> Sequence[Episode]:
    """The episodes that may share evidence with that of the alert, or are within `resolve_after`.

    Of events: the alert of a base rule may be evidence of any.
    """
    if rule.counts_alerts:
        return after
    reach = span(max(rule.resolve_after, rule.timespan))
    first = bisect_left(after, alert.start - reach, key=lambda episode: episode.last)
    end = bisect_right(after, alert.last + reach, key=lambda episode: episode.start)
    return after[first:end]


def _find_heir(
    rule: WindowRule, before: Episode | None, alert: AnnouncedAlert, after: Sequence[Episode]
) -> Episode | None:
    if len(after) == 1 and _is_within(rule, alert, after[0]):
        return after[0]
    evidence = frozenset() if before is None else before.identities
    sharing = [episode for episode in after if _shares_evidence(before, evidence, episode)]
    if sharing:
        times = frozenset(() if before is None else before.firings)
        return max(
            sharing,
            key=lambda episode: (
                len(evidence & episode.identities),
                len(times.intersection(episode.firings)),
            ),
        )
    return next((episode for episode in after if _is_within(rule, alert, episode)), None)


def _is_within(rule: WindowRule, alert: AnnouncedAlert, episode: Episode) -> bool:
    gap = span(rule.resolve_after)
    return episode.start - alert.last <= gap and alert.start - episode.last <= gap


def _shares_evidence(before: Episode | None, evidence: frozenset[str], episode: Episode) -> bool:
    # an episode whose evidence is all forgotten is known by its start alone
    same = before is not None and before.start == episode.start
    return same or not evidence.isdisjoint(episode.identities)


def announce(
    rule: WindowRule,
    state: WindowState,
    claims: Mapping[str, Episode | None],
    episodes: Sequence[Episode],
    context: AnnounceContext,
) -> WindowState:
    """The state with every alert that has a claim revised or withdrawn; others are as they were.

    Each of `episodes` that none claims gets a new alert.
    """
    claiming = state.announced.among(claims.keys())
    owners = _assign_owners(claiming, claims)

    def update(alert: AnnouncedAlert) -> AnnouncedAlert:
        episode = claims[alert.id]
        if episode is None:
            return withdraw(alert, context.withdraw_reason, context)
        if owners[episode.start] != alert.id:
            return withdraw(alert, MERGED, context)
        return _revise(rule, alert, episode, context)

    unclaimed = [episode for episode in episodes if episode.start not in owners]
    new = _create_alerts(rule, state, unclaimed, context)
    revised = state.announced.revise({alert.id: update(alert) for alert in claiming})
    return msgspec.structs.replace(
        state, announced=revised.append(new), serial=state.serial + len(unclaimed)
    )


def _create_alerts(
    rule: WindowRule, state: WindowState, unclaimed: Iterable[Episode], context: AnnounceContext
) -> Iterator[AnnouncedAlert]:
    fingerprint = state_fingerprint(rule, state)
    for serial, episode in enumerate(unclaimed, state.serial):
        mark = f"{fingerprint} suspected" if episode.suspected else fingerprint
        identity = alert_id(mark, episode.start, serial)
        yield _create_alert(rule, identity, episode, context)


def _assign_owners(
    claiming: Sequence[AnnouncedAlert], claims: Mapping[str, Episode | None]
) -> dict[int, str]:
    """The alert id of each claimed episode, by its start: of several, the one announced first."""
    owners: dict[int, str] = {}
    for alert in claiming:
        episode = claims[alert.id]
        if episode is not None:
            owners.setdefault(episode.start, alert.id)
    return owners


def withdraw(alert: AnnouncedAlert, reason: str, context: AnnounceContext) -> AnnouncedAlert:
    """The alert, withdrawn."""
    withdrawn = msgspec.structs.replace(
        alert, status=Status.WITHDRAWN, resolved=context.now, reason=reason
    )
    return number_revision(withdrawn, context)


def _create_alert(
    rule: WindowRule, id_: str, episode: Episode, context: AnnounceContext
) -> AnnouncedAlert:
    return AnnouncedAlert(
        id=id_,
        revision=1,
        status=Status.FIRING,
        start=episode.start,
        last=episode.last,
        level=_level_of(episode, suspected=episode.suspected),
        value=episode.value,
        count=episode.count,
        detected=context.now,
        updated=context.now,
        uncorroborated=episode.uncorroborated,
        late=is_late(rule, episode),
        backfill=episode.backfill,
        firings=digest_firings(rule, episode),
        suspected=episode.suspected,
    )


def _level_of(episode: Episode, *, suspected: bool) -> Level:
    return episode.level.lowered if suspected else episode.level


def _revise(
    rule: WindowRule, alert: AnnouncedAlert, episode: Episode, context: AnnounceContext
) -> AnnouncedAlert:
    """The alert with the values of its episode; the same revision if nothing differs."""
    is_wordy = alert.words is not None and episode.has_evidence
    known = msgspec.structs.replace(alert, words=None) if is_wordy else alert
    revised = msgspec.structs.replace(
        known,
        start=episode.start,
        last=episode.last,
        level=_level_of(episode, suspected=alert.suspected),
        value=episode.value,
        count=episode.count,
        uncorroborated=episode.uncorroborated,
        # an alert that has paged goes on paging: its end must reach whoever was paged
        backfill=alert.backfill and episode.backfill,
        storm=_stay_in_storm(alert, episode),
        firings=digest_firings(rule, episode),
    )
    if alert.status is Status.RESOLVED:
        revised = _move_end(revised, episode.last + span(rule.resolve_after), context)
    return known if revised == known else number_revision(revised, context)


def _stay_in_storm(alert: AnnouncedAlert, episode: Episode) -> str | None:
    """The owner of its storm, unless there is evidence of another one."""
    if alert.storm is None or not set(episode.owners) <= {alert.storm}:
        return None
    return alert.storm


def _move_end(alert: AnnouncedAlert, ends: int, context: AnnounceContext) -> AnnouncedAlert:
    """A resolved alert, resolved at `ends`, or firing again while that lies ahead."""
    if context.is_past(ends):
        return msgspec.structs.replace(alert, resolved=ends)
    return msgspec.structs.replace(alert, status=Status.FIRING, resolved=None)


def number_revision(alert: AnnouncedAlert, context: AnnounceContext) -> AnnouncedAlert:
    """The alert as its next revision."""
    return msgspec.structs.replace(alert, revision=alert.revision + 1, updated=context.now)


def resolve(rule: WindowRule, alert: AnnouncedAlert, context: AnnounceContext) -> AnnouncedAlert:
    """A firing alert, resolved: the clock has passed its last firing time by `resolve_after`."""
    ends = alert.last + span(rule.resolve_after)
    resolved = msgspec.structs.replace(alert, status=Status.RESOLVED, resolved=ends)
    return number_revision(resolved, context)


def is_late(rule: WindowRule, episode: Episode) -> bool:
    """Whether it was over before its newest report was recorded, or a report was too late."""
    allowed, ends = span(rule.max_lateness), episode.last + span(rule.resolve_after)
    evidence = walk_evidence(episode) if episode.totals.overdue else ()
    return any(hit.recorded > ends or hit.recorded - hit.at > allowed for hit in evidence)
