"""Claims: which episode each alert announces from now on."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence

from schemas.alert import Status
from schemas.rule import CorrelationType
from services.matcher.domain.alerts.episode_change import EpisodeChange
from services.matcher.domain.alerts.episodes import Episode, find_episode
from services.matcher.domain.alerts.tally import CHOOSING
from services.matcher.domain.windows.announced_alerts import AnnouncedAlert, AnnouncedAlerts
from services.matcher.domain.windows.state import FOREVER, NEVER, span
from services.matcher.domain.windows.window_rule import WindowRule


def claim_episodes(
    rule: WindowRule,
    announced: Sequence[AnnouncedAlert],
    before: Sequence[Episode],
    after: Sequence[Episode],
    moved: frozenset[str] | None = None,
) -> dict[str, Episode | None]:
    """The episode that each alert claims, by alert id; withdrawn alerts claim none.

    It is the one that shares most evidence, then most firing times (a hit may be evidence of
    several), then the earliest; else the first one within `resolve_after` of the alert; else None.
    `moved` are events that have other times than before, None: any one of them may.
    """
    claims: dict[str, Episode | None] = {}
    for alert in announced:
        if alert.status is not Status.WITHDRAWN:
            former, heir = find_episode(before, alert.start), find_episode(after, alert.start)
            if former is None or heir is None or not _keeps_all(former, heir):
                near = _list_near(rule, alert, after, moved)
                heir = _find_heir(rule, former, alert, near, moved)
            claims[alert.id] = heir
    return claims


def claim_changed(
    rule: WindowRule,
    announced: AnnouncedAlerts,
    before: Sequence[Episode],
    after: Sequence[Episode],
    changed: EpisodeChange,
) -> dict[str, Episode | None]:
    """The claims that may be others than before, and those that such a claim contests.

    The episodes that begin outside of the times of `changed` are the same before and after.
    """
    first, last = changed.starts
    claims = claim_episodes(rule, announced.starting(first, last), before, after, changed.moved)
    if changed.renewed is None:
        claims |= _claim_moved(rule, announced, claims, after)
    starts = {episode.start for episode in claims.values() if episode is not None}
    near = announced.starting(min(starts, default=FOREVER), max(starts, default=NEVER))
    contested = [alert for alert in near if alert.start in starts and alert.id not in claims]
    return claims | claim_episodes(rule, contested, before, after, changed.moved)


def _claim_moved(
    rule: WindowRule,
    announced: AnnouncedAlerts,
    claims: Mapping[str, Episode | None],
    after: Sequence[Episode],
) -> dict[str, Episode]:
    """The claims of alerts whose episodes begin elsewhere than was announced.

    A state that was just read may hold a hit whose message comes again: the worker died between
    two writes. It begins an episode earlier, or joins two.
    """
    standing = [alert for alert in announced if alert.status is not Status.WITHDRAWN]
    others = [alert for alert in standing if alert.id not in claims]
    claimed = {episode.start for episode in claims.values() if episode is not None}
    taken = claimed.union(alert.start for alert in others)
    free = [episode for episode in after if episode.start not in taken]
    heirs = {
        alert.id: _find_holder(after, alert.start)
        or next((episode for episode in free if _is_within(rule, alert, episode)), None)
        for alert in others
    }
    return {name: heir for name, heir in heirs.items() if heir is not None}


def _find_holder(episodes: Sequence[Episode], time: int) -> Episode | None:
    """The episode that lasts at a time; they are by start."""
    place = bisect_right(episodes, time, key=lambda episode: episode.start) - 1
    return episodes[place] if place >= 0 and time <= episodes[place].last else None


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
    rule: WindowRule,
    alert: AnnouncedAlert,
    after: Sequence[Episode],
    moved: frozenset[str] | None,
) -> Sequence[Episode]:
    """The episodes that may share evidence with that of the alert, or are within `resolve_after`.

    The alert of a base rule may be evidence of any, and so may an event that was moved.
    """
    if rule.counts_alerts or moved is None or moved:
        return after
    reach = span(max(rule.resolve_after, rule.timespan))
    first = bisect_left(after, alert.start - reach, key=lambda episode: episode.last)
    end = bisect_right(after, alert.last + reach, key=lambda episode: episode.start)
    return after[first:end]


def _find_heir(
    rule: WindowRule,
    before: Episode | None,
    alert: AnnouncedAlert,
    after: Sequence[Episode],
    moved: frozenset[str] | None,
) -> Episode | None:
    if len(after) == 1 and _is_within(rule, alert, after[0]):
        return after[0]
    sharing = [] if before is None else _list_sharing(rule, before, after, moved)
    if before is not None and sharing:
        evidence, times = before.identities, frozenset(before.firings)
        return max(
            sharing,
            key=lambda episode: (
                len(evidence & episode.identities),
                len(times.intersection(episode.firings)),
            ),
        )
    # an episode whose evidence is all forgotten is known by its start alone
    same = None if before is None else find_episode(after, before.start)
    return same or next((episode for episode in after if _is_within(rule, alert, episode)), None)


def _list_sharing(
    rule: WindowRule,
    before: Episode,
    after: Sequence[Episode],
    moved: frozenset[str] | None,
) -> Sequence[Episode]:
    """Of those that share evidence with an episode at least the one that shares most, in order.

    Where windows count all that lies in them, a nearer episode shares all that one behind it does,
    but for what was moved.
    """
    likely = after
    if not rule.certain and rule.type not in CHOOSING:
        spare = int(moved is None or not moved.isdisjoint(before.identities))
        first = bisect_left(after, before.firings[0], key=lambda episode: episode.last)
        end = max(first, bisect_right(after, before.last, key=lambda episode: episode.start))
        # of several that share as much it is the earliest
        earlier = [*_take_nearest(before, reversed(after[:first]), spare, 0)][::-1]
        later = _take_nearest(before, after[end:], spare, 1)
        likely = [*earlier, *after[first:end], *later]
    return [each for each in likely if not before.identities.isdisjoint(each.identities)]


def _take_nearest(
    before: Episode, episodes: Iterable[Episode], spare: int, least: int
) -> Iterator[Episode]:
    """The first of them, the nearest, while one behind may share `least` more than they do.

    It shares `spare` more than one before it, at most.
    """
    most = 0
    for episode in episodes:
        shared = len(before.identities & episode.identities)
        if shared + spare < max(most + least, 1):
            return
        most = max(most, shared)
        yield episode


def _is_within(rule: WindowRule, alert: AnnouncedAlert, episode: Episode) -> bool:
    gap = span(rule.resolve_after)
    return episode.start - alert.last <= gap and alert.start - episode.last <= gap
