"""Kept words: what an alert said last, for when the reports that it was about are gone."""

from collections.abc import Sequence

import msgspec

from schemas.alert import Status
from services.matcher.domain.alerts.episodes import Episode, find_episode
from services.matcher.domain.alerts.render import render_words
from services.matcher.domain.windows.announced_alerts import AnnouncedAlert, AnnouncedAlerts
from services.matcher.domain.windows.state import WindowState
from services.matcher.domain.windows.window_rule import WindowRule

MOST_WORDS = 30
"""Alerts of one key that keep their words; those updated before them say the rule's title."""


def keep_words_of_withdrawn(
    rule: WindowRule, before: WindowState, episodes: Sequence[Episode], after: WindowState
) -> WindowState:
    """`after`, in which what is withdrawn since `before`, with these episodes, keeps its words."""
    old, new = after.announced.compare(before.announced)
    known = {alert.id: alert for alert in old}
    withdrawn = {
        alert.id
        for alert in new
        if alert.status is Status.WITHDRAWN and known[alert.id].status is not Status.WITHDRAWN
    }
    if not withdrawn:
        return after
    words = {id_: _keep(rule, before, known[id_], episodes).words for id_ in withdrawn}
    kept = {
        alert.id: msgspec.structs.replace(alert, words=words[alert.id])
        for alert in after.announced.among(words)
    }
    return msgspec.structs.replace(after, announced=_limit(after.announced.revise(kept)))


def keep_words(
    rule: WindowRule, state: WindowState, episodes: Sequence[Episode]
) -> AnnouncedAlerts:
    """The alerts of a state, with the words of those that these episodes have evidence of."""
    return _limit(state.announced.map(lambda alert: _keep(rule, state, alert, episodes)))


def _keep(
    rule: WindowRule, state: WindowState, alert: AnnouncedAlert, episodes: Sequence[Episode]
) -> AnnouncedAlert:
    episode = find_episode(episodes, alert.start)
    if episode is None or not episode.has_evidence or alert.status is Status.WITHDRAWN:
        return alert
    return msgspec.structs.replace(alert, words=render_words(rule, state, alert, episode))


def _limit(announced: AnnouncedAlerts) -> AnnouncedAlerts:
    """With the words of the alerts that were updated last."""
    with_words = [alert for alert in announced if alert.words is not None]
    if len(with_words) <= MOST_WORDS:
        return announced
    older = sorted(with_words, key=lambda alert: alert.updated)[:-MOST_WORDS]
    return announced.revise(
        {alert.id: msgspec.structs.replace(alert, words=None) for alert in older}
    )
