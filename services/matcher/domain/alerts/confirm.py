"""Confirming: an alert of suspicion becomes that of an episode which words find."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import msgspec

from schemas.alert import Alert, Status
from services.matcher.domain.alerts.step import WindowResult
from services.matcher.domain.alerts.suspected_episodes import join_gap
from services.matcher.domain.windows.announced_alerts import AnnouncedAlert
from services.matcher.domain.windows.state import WindowState, instant
from services.matcher.domain.windows.window_rule import WindowRule


def confirm_by_words(
    rule: WindowRule, before: WindowState, words: WindowResult, suspicion: WindowState
) -> tuple[WindowResult, WindowState]:
    """Both results, where each new alert by words goes on with the alert of suspicion near it.

    It has its id and its next revision, and is in all else what words found. Of several near it is
    the one announced first.
    """
    confirmed = dict(_pair(rule, before, words, suspicion.announced))
    if not confirmed or words.state is None:
        return words, suspicion
    taken = {alert.id for alert in confirmed.values()}
    left = suspicion.announced.filter(lambda alert: alert.id not in taken)
    return _rename(words, words.state, confirmed), msgspec.structs.replace(
        suspicion, announced=left
    )


def _pair(
    rule: WindowRule,
    before: WindowState,
    words: WindowResult,
    suspected: Sequence[AnnouncedAlert],
) -> Iterator[tuple[str, AnnouncedAlert]]:
    """The id of each new alert by words that confirms one, and that one."""
    after = before if words.state is None else words.state
    old, changed = after.announced.compare(before.announced)
    known = {alert.id for alert in old}
    free = [alert for alert in suspected if alert.status is not Status.WITHDRAWN]
    for new in [alert for alert in changed if alert.id not in known]:
        near = next((alert for alert in free if is_near(rule, alert, new)), None)
        if near is not None:
            free.remove(near)
            yield new.id, near


def is_near(rule: WindowRule, alert: AnnouncedAlert, other: AnnouncedAlert) -> bool:
    """Whether one alert would announce the firing times of both."""
    gap = join_gap(rule)
    return other.start - alert.last <= gap and alert.start - other.last <= gap


def _rename(
    words: WindowResult, state: WindowState, confirmed: Mapping[str, AnnouncedAlert]
) -> WindowResult:
    """The result with the ids of those that are confirmed."""
    announced = state.announced.map(lambda alert: _go_on(alert, confirmed.get(alert.id)))
    ids = {name: alert.id for name, alert in confirmed.items()}
    return replace(
        words,
        state=msgspec.structs.replace(state, announced=announced),
        alerts=tuple(_revise(alert, confirmed.get(alert.id)) for alert in words.alerts),
        firings={ids.get(name, name): times for name, times in words.firings.items()},
    )


def _go_on(alert: AnnouncedAlert, former: AnnouncedAlert | None) -> AnnouncedAlert:
    if former is None:
        return alert
    return msgspec.structs.replace(
        alert, id=former.id, revision=former.revision + 1, detected=former.detected
    )


def _revise(alert: Alert, former: AnnouncedAlert | None) -> Alert:
    if former is None:
        return alert
    known = {"id": former.id, "revision": former.revision + 1}
    return alert.model_copy(update=known | {"detected_at": instant(former.detected)})
