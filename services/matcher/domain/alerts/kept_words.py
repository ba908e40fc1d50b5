"""Kept words: what an alert said last, for when the reports that it was about are gone."""

from collections.abc import Sequence

import msgspec

from schemas.alert import Status
from services.matcher.domain.alerts.episodes import Episode, find_episode
from services.matcher.domain.alerts.render import render_words
from services.matcher.domain.windows.ordered import find_difference
from services.matcher.domain.windows.state import AnnouncedAlert, WindowState
from services.matcher.domain.windows.window_rule import WindowRule

MOST_WORDS = 30
"""Alerts of one key that keep their words; those updated before them say the rule's title."""


def keep_words_of_withdrawn(
    rule: WindowRule, before: WindowState, episodes: Sequence[Episode], after: WindowState
) -> WindowState:
    """`after`, in which what is withdrawn since `before`, with these episodes, keeps its words."""
    old, new = find_difference(before.announced, after.announced)
    known = {alert.id: alert for alert in old}
    withdrawn = {
        alert.id
        for alert in new
        if alert.status is Status.WITHDRAWN and known[alert.id].status is not Status.WITHDRAWN
    }
    if not withdrawn:
        return after
    kept = (_keep(rule, before, known[id_], episodes) for id_ in withdrawn)
    words = {alert.id: alert.words for alert in kept}
    announced = (
        msgspec.structs.replace(alert, words=words[alert.id]) if alert.id in words else alert
        for alert in after.announced
    )
    return msgspec.structs.replace(after, announced=_limit(tuple(announced)))


def keep_words(
    rule: WindowRule, state: WindowState, episodes: Sequence[Episode]
) -> tuple[AnnouncedAlert, ...]:
    """The alerts of a state, with the words of those that these episodes have evidence of."""
    return _limit(tuple(_keep(rule, state, alert, episodes) for alert in state.announced))


def _keep(
    rule: WindowRule, state: WindowState, alert: AnnouncedAlert, episodes: Sequence[Episode]
) -> AnnouncedAlert:
    episode = find_episode(episodes, alert.start)
    if episode is None or not episode.has_evidence or alert.status is Status.WITHDRAWN:
        return alert
    return msgspec.structs.replace(alert, words=render_words(rule, state, alert, episode))


def _limit(announced: tuple[AnnouncedAlert, ...]) -> tuple[AnnouncedAlert, ...]:
    """With the words of the alerts that were updated last."""
    with_words = [alert for alert in announced if alert.words is not None]
    if len(with_words) <= MOST_WORDS:
        return announced
    newest = sorted(with_words, key=lambda alert: alert.updated)[-MOST_WORDS:]
    kept = {alert.id for alert in newest}
    return tuple(
        alert if alert.id in kept else msgspec.structs.replace(alert, words=None)
        for alert in announced
    )
