"""Corrections in a file: each is linked to the event that it corrects or withdraws."""

from collections.abc import Iterable

from schemas.event import Event

Identity = tuple[str, str]


def link_corrections(events: Iterable[Event]) -> tuple[Event, ...]:
    """The events in order, each with `earlier` where the file holds what it corrects.

    Of two events with one identity, the first is the one corrected. Corrections in a circle are
    linked once around.
    """
    events = tuple(events)
    known: dict[Identity, Event] = {}
    for event in events:
        known.setdefault((event.source, event.id), event)
    return tuple(_with_earlier(event, known, frozenset()) for event in events)


def _with_earlier(event: Event, known: dict[Identity, Event], seen: frozenset[Identity]) -> Event:
    corrected = event.supersedes or event.retracts
    identity = (event.source, event.id)
    earlier = known.get((event.source, corrected)) if corrected else None
    if event.earlier is not None or earlier is None or identity in seen:
        return event
    chain = _with_earlier(earlier, known, seen | {identity})
    return event.model_copy(update={"earlier": chain})
