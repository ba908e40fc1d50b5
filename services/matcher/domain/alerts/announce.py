"""Announcing: which alerts stand for which episodes, and what is said when they change."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from schemas.alert import Status, alert_id
from services.matcher.domain.alerts.episodes import Episode
from services.matcher.domain.windows.state import AnnouncedAlert, span
from services.matcher.domain.windows.window_rule import WindowRule

MERGED = "merged"
GONE = "gone"


@dataclass(frozen=True, slots=True)
class AnnounceContext:
    """What announcing needs beside the episodes. Times in microseconds.

    `clock` is None until every events partition has ticked: nothing resolves before that. `gone`
    is why an alert is withdrawn whose episode is there no more.
    """

    fingerprint: str
    serial: int
    clock: int | None
    now: int
    gone: str = GONE


def claim_episodes(
    rule: WindowRule,
    announced: Sequence[AnnouncedAlert],
    before: Sequence[Episode],
    after: Sequence[Episode],
) -> dict[str, Episode | None]:
    """The episode that each announced alert stands for now, by alert id.

    It stays with the episode that shares most evidence, then the earliest; else with the group's
    replacement within `resolve_after`. None: there is no such episode.
    """
    was = {episode.start: episode for episode in before}
    return {
        one.id: _heir(rule, was.get(one.start), one, after)
        for one in announced
        if one.status is not Status.WITHDRAWN
    }


def _heir(
    rule: WindowRule, was: Episode | None, one: AnnouncedAlert, after: Sequence[Episode]
) -> Episode | None:
    evidence = frozenset() if was is None else was.identities
    sharing = [episode for episode in after if _shares(evidence, was, episode)]
    if sharing:
        return max(sharing, key=lambda episode: len(evidence & episode.identities))
    gap = span(rule.resolve_after)
    near = (
        episode
        for episode in after
        if episode.start - one.last <= gap and one.start - episode.last <= gap
    )
    return next(near, None)


def _shares(evidence: frozenset[str], was: Episode | None, episode: Episode) -> bool:
    # an episode whose evidence is all forgotten is known by its start alone
    same = was is not None and was.start == episode.start
    return same or not evidence.isdisjoint(episode.identities)


def announce(
    rule: WindowRule,
    announced: Sequence[AnnouncedAlert],
    claims: dict[str, Episode | None],
    after: Sequence[Episode],
    context: AnnounceContext,
) -> tuple[AnnouncedAlert, ...]:
    """Every alert of the key as it stands now: revised, withdrawn, or new, in order."""
    taken: set[int] = set()
    # in order of announcement: of joined episodes the first announced stays
    revised = [_judged(rule, one, claims, taken, context) for one in announced]
    unheard = [episode for episode in after if episode.start not in taken]
    fresh = [
        _first(rule, episode, context, context.serial + number)
        for number, episode in enumerate(unheard)
    ]
    return (*revised, *fresh)


def _judged(
    rule: WindowRule,
    one: AnnouncedAlert,
    claims: dict[str, Episode | None],
    taken: set[int],
    context: AnnounceContext,
) -> AnnouncedAlert:
    if one.status is Status.WITHDRAWN:
        return one
    episode = claims[one.id]
    if episode is None:
        return _withdrawn(one, context.gone, context)
    if episode.start in taken:
        return _withdrawn(one, MERGED, context)
    taken.add(episode.start)
    return _revised(rule, one, episode, context)


def _withdrawn(one: AnnouncedAlert, reason: str, context: AnnounceContext) -> AnnouncedAlert:
    return msgspec.structs.replace(
        one,
        status=Status.WITHDRAWN,
        revision=one.revision + 1,
        updated=context.now,
        resolved=context.now,
        reason=reason,
    )


def _first(
    rule: WindowRule, episode: Episode, context: AnnounceContext, serial: int
) -> AnnouncedAlert:
    return AnnouncedAlert(
        id=alert_id(context.fingerprint, episode.start, serial),
        revision=1,
        status=Status.FIRING,
        start=episode.start,
        last=episode.last,
        level=episode.level,
        value=episode.value,
        count=episode.count,
        detected=context.now,
        updated=context.now,
        uncorroborated=episode.uncorroborated,
        late=_over(rule, episode, context) or _late(rule, episode),
        backfill=episode.backfill,
    )


def _revised(
    rule: WindowRule, one: AnnouncedAlert, episode: Episode, context: AnnounceContext
) -> AnnouncedAlert:
    revised = msgspec.structs.replace(
        one,
        start=episode.start,
        last=episode.last,
        level=episode.level,
        value=episode.value,
        count=episode.count,
        uncorroborated=episode.uncorroborated,
        # whoever was paged for it goes on receiving its revisions
        backfill=one.backfill and episode.backfill,
    )
    if one.status is Status.RESOLVED and _over(rule, episode, context):
        ends = episode.last + span(rule.resolve_after)
        revised = msgspec.structs.replace(revised, resolved=ends)
    elif one.status is Status.RESOLVED:
        revised = msgspec.structs.replace(revised, status=Status.FIRING, resolved=None)
    return revised if revised == one else _again(revised, context)


def _again(one: AnnouncedAlert, context: AnnounceContext) -> AnnouncedAlert:
    return msgspec.structs.replace(one, revision=one.revision + 1, updated=context.now)


def resolve_if_ended(
    rule: WindowRule, one: AnnouncedAlert, context: AnnounceContext
) -> AnnouncedAlert:
    """The alert resolved, if the clock has passed its episode by `resolve_after`; else as it is."""
    ends = resolution_time(rule, one)
    if context.clock is None or ends is None or context.clock < ends:
        return one
    return _again(msgspec.structs.replace(one, status=Status.RESOLVED, resolved=ends), context)


def resolution_time(rule: WindowRule, one: AnnouncedAlert) -> int | None:
    """The clock time at which a firing alert resolves; None when it is not firing."""
    return one.last + span(rule.resolve_after) if one.status is Status.FIRING else None


def _over(rule: WindowRule, episode: Episode, context: AnnounceContext) -> bool:
    ends = episode.last + span(rule.resolve_after)
    return context.clock is not None and context.clock >= ends


def _late(rule: WindowRule, episode: Episode) -> bool:
    allowed = span(rule.max_lateness)
    return any(hit.recorded - hit.at > allowed for hit in episode.evidence)
