"""Announcing: the revisions of alerts that changes of their episodes make."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from schemas.alert import Level, Status, alert_id
from services.matcher.domain.alerts.episodes import Episode, digest_firings
from services.matcher.domain.alerts.newest_evidence import walk_evidence
from services.matcher.domain.alerts.render import state_fingerprint
from services.matcher.domain.windows.announced_alerts import AnnouncedAlert
from services.matcher.domain.windows.state import WindowState, span
from services.matcher.domain.windows.window_rule import WindowRule

MERGED = "merged"
GONE = "gone"


@dataclass(frozen=True, slots=True)
class AnnounceContext:
    """What announcing needs besides state and episodes. Times in microseconds.

    `clock` is None until every events partition has ticked; nothing resolves before.
    `withdraw_reason` is that of an alert whose episode no longer exists. `renewed` are the starts
    of episodes whose evidence may be other than announced, whatever their totals; None: of all.
    """

    clock: int | None
    now: int
    withdraw_reason: str = GONE
    renewed: frozenset[int] | None = frozenset()

    def renews(self, episode: Episode) -> bool:
        """Whether its alert may list other evidence than it has now."""
        return self.renewed is None or episode.start in self.renewed

    def is_past(self, time: int) -> bool:
        """Whether the clock has reached a time."""
        return self.clock is not None and self.clock >= time


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
    is_same = revised == known and not context.renews(episode)
    return known if is_same else number_revision(revised, context)


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
