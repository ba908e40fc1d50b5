"""Revisions: what a state has to say of its alerts, with the firing times that rules count."""

from collections.abc import Iterator, Mapping, Sequence

from schemas.alert import Alert
from services.matcher.domain.alerts.episodes import Episode, find_episode, take_firings
from services.matcher.domain.alerts.evaluation import find_episodes
from services.matcher.domain.alerts.render import render_alert
from services.matcher.domain.alerts.suspected_episodes import find_suspected
from services.matcher.domain.windows.announced_alerts import AnnouncedAlert
from services.matcher.domain.windows.state import WindowState
from services.matcher.domain.windows.window_rule import WindowRule

Firings = Mapping[str, tuple[int, ...]]
"""Firing times in microseconds, by alert id."""


def changed_alerts(
    rule: WindowRule, before: WindowState, after: WindowState, episodes: Sequence[Episode]
) -> tuple[Alert, ...]:
    """Every alert with another revision than before, in order of announcement."""
    return tuple(
        render_alert(
            rule, after, alert, None if alert.reason else find_episode(episodes, alert.start)
        )
        for alert in _list_changed(before, after)
    )


def _list_changed(before: WindowState, after: WindowState) -> list[AnnouncedAlert]:
    old, new = after.announced.compare(before.announced)
    known = {alert.id: alert.revision for alert in old}
    return [alert for alert in new if alert.revision != known.get(alert.id)]


def changed_firings(
    rule: WindowRule, before: WindowState, after: WindowState, episodes: Sequence[Episode]
) -> Firings:
    """The firing times of these alerts, by id; none if no rule counts them."""
    changed = _list_changed(before, after) if rule.is_counted else ()
    found = ((alert.id, find_episode(episodes, alert.start)) for alert in changed)
    return {id_: () if episode is None else take_firings(episode) for id_, episode in found}


def current_alerts(rule: WindowRule, state: WindowState) -> tuple[Alert, ...]:
    """The current revision of every alert, in order of announcement; of suspicion behind others."""
    return tuple(
        alert
        for each, episodes in list_evaluations(rule, state)
        for alert in changed_alerts(rule, WindowState.empty(), each, episodes)
    )


def list_evaluations(
    rule: WindowRule, state: WindowState
) -> Iterator[tuple[WindowState, tuple[Episode, ...]]]:
    """What words find, and what is suspected if anything is: a state and its episodes each."""
    yield state, find_episodes(rule, state)
    if state.suspicion is not None:
        yield state.suspicion, find_suspected(rule, state)


def list_current_firings(rule: WindowRule, state: WindowState) -> Firings:
    """The firing times of every alert of both evaluations, by its id."""
    evaluations = list_evaluations(rule, state)
    of_each = (
        changed_firings(rule, WindowState.empty(), each, episodes) for each, episodes in evaluations
    )
    return dict(item for firings in of_each for item in firings.items())
