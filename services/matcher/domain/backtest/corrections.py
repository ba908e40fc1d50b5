"""Corrections in a file: each finds the event that it corrects or withdraws among the others."""

from collections.abc import Iterable

from schemas.event import Event

Identity = tuple[str, str]


def linked(events: Iterable[Event]) -> tuple[Event, ...]:
    """The events in order, each with `earlier` where the file holds what it corrects.

    Of two events with one identity the first is the one that is corrected. A circle of
    corrections is left open.
    """
    told = tuple(events)
    known: dict[Identity, Event] = {}
    for event in told:
        known.setdefault((event.source, event.id), event)
    return tuple(_with_earlier(event, known, frozenset()) for event in told)


def _with_earlier(event: Event, known: dict[Identity, Event], seen: frozenset[Identity]) -> Event:
    corrected = event.supersedes or event.retracts
    identity = (event.source, event.id)
    earlier = known.get((event.source, corrected)) if corrected else None
    if event.earlier is not None or earlier is None or identity in seen:
        return event
    found = _with_earlier(earlier, known, seen | {identity})
    return event.model_copy(update={"earlier": found})
