"""Heartbeats of the watched sources, from a sample of their reports."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from schemas.event import Event
from schemas.heartbeat import HEARTBEAT_INTERVAL, Heartbeat
from services.matcher.domain.duty.watched_sources import WatchedSources


@dataclass(slots=True)
class Heartbeats:
    """Samples the reports of the sources that `watched` returns.

    `sent` has the time of the last heartbeat by watched name and events partition.
    """

    watched: Callable[[], WatchedSources]
    sent: dict[tuple[str, int], datetime] = field(default_factory=dict)

    def sample(self, event: Event, partition: int) -> Iterator[Heartbeat]:
        """The heartbeats that a report is: at most one an interval for each name and partition."""
        for source in self.watched().covering(event.source):
            at = event.learned_at
            last = self.sent.get((source.name, partition))
            # either way: a report stamped in the future must not suppress the ones after it
            if last is None or abs(at - last) >= HEARTBEAT_INTERVAL:
                self.sent[source.name, partition] = at
                yield Heartbeat(source=source.name, event=event.id, at=at, partition=partition)
