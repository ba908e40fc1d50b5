"""Puts a state together from its head and the items of its panes."""

from collections.abc import Iterable
from typing import Any, cast

import msgspec

from services.matcher.domain.windows.announced_alerts import (
    AlertPane,
    AnnouncedAlert,
    AnnouncedAlerts,
)
from services.matcher.domain.windows.ordered import NumberedPane, Ordered
from services.matcher.domain.windows.pane_names import Content, DatedEvent, Panes
from services.matcher.domain.windows.panes import Head
from services.matcher.domain.windows.state import Hit, WindowState


def assemble_state(head: Head, panes: Panes) -> WindowState:
    """The state of a head with the items of its panes; one that is not in `panes` has none."""
    by_content: dict[Content, list[Any]] = {content: [] for content in Content}
    for pane in head.dated:
        by_content[pane.content] += panes.get(pane, ())
    return msgspec.structs.replace(
        head.state,
        hits=_assemble_hits(head, panes, Content.HITS),
        announced=_assemble_alerts(head, panes),
        retractions=_date_identities(by_content[Content.RETRACTIONS]),
        dropped_live=_date_identities(by_content[Content.DROPPED_LIVE]),
        suspicion=next(
            (
                msgspec.structs.replace(bare, hits=_assemble_hits(head, panes, Content.SUSPECTED))
                for bare in by_content[Content.SUSPICION]
            ),
            None,
        ),
    )


def _assemble_hits(head: Head, panes: Panes, content: Content) -> Ordered[Hit]:
    hits = tuple(
        NumberedPane(pane.number, cast("tuple[Hit, ...]", panes[pane]))
        for pane in head.panes
        if pane.content is content and pane in panes
    )
    return Ordered(hits, 1 + max((pane.number for pane in hits), default=-1))


def list_alert_panes(panes: Panes) -> tuple[AlertPane, ...]:
    """The panes of alerts among those of a head, in its order."""
    return tuple(
        AlertPane(pane.number, cast("tuple[AnnouncedAlert, ...]", items))
        for pane, items in panes.items()
        if pane.content is Content.ALERTS
    )


def _assemble_alerts(head: Head, panes: Panes) -> AnnouncedAlerts:
    stored = list_alert_panes(panes)
    free = 1 + max((pane.number for pane in stored), default=-1)
    return AnnouncedAlerts(stored, free).append(head.state.announced)


def _date_identities(events: Iterable[DatedEvent]) -> dict[str, int]:
    return {event.identity: event.at for event in events}
