"""Pulses: of every source's reports some are told on, so that its silence is noticed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from schemas.event import Event
from schemas.heartbeat import Heartbeat
from services.matcher.domain.duty.rhythm import PULSE_EVERY
from services.matcher.domain.duty.watched_sources import WatchedSources

MOST_SOURCES = 10_000
"""Sources and partitions remembered; one that is forgotten is told on too often."""


@dataclass(slots=True)
class Heartbeats:
    """What detect tells of the sources it hears; `watched` gives those that packs name."""

    watched: Callable[[], WatchedSources]
    told: dict[tuple[str, int], datetime] = field(default_factory=dict)
    known: WatchedSources | None = None

    def of(self, event: Event, partition: int) -> Iterator[Heartbeat]:
        """The pulses of a report, one for each name of its source.

        There are some every few seconds at most, for each source and partition.
        """
        place, at = (event.source, partition), event.recorded_at or event.occurred_at
        watched = self.watched()
        if watched is not self.known:
            self.known = watched
            self.told.clear()
        before = self.told.get(place)
        # either way: what bears a wrong time must not silence what comes after it
        if before is None or abs(at - before) >= PULSE_EVERY:
            self._note(place, at)
            for name in watched.names_of(event.source):
                yield Heartbeat(source=name, event=event.id, at=at, partition=partition)

    def _note(self, place: tuple[str, int], at: datetime) -> None:
        self.told.pop(place, None)
        self.told[place] = at
        if len(self.told) > MOST_SOURCES:
            del self.told[next(iter(self.told))]
