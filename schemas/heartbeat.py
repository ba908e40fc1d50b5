"""Heartbeat: a watched source has reported, so that its silence can be detected."""

from datetime import timedelta

from schemas.alert import window_key
from schemas.duty import DUTY_PACK, SOURCE_SILENT
from schemas.event import Source
from schemas.model import Instant, Model, Name, PartitionNumber

HEARTBEAT_INTERVAL = timedelta(seconds=10)
"""Of the reports of a source that one events partition holds, one in each interval is sent on."""


class Heartbeat(Model):
    """A report of `source`, recorded at `at`, is in events partition `partition`.

    `source` is the name under which a pack watches it; the report may be of one below it. `event`
    is the id of the report.
    """

    source: Source
    event: Name
    at: Instant
    partition: PartitionNumber

    @property
    def key(self) -> bytes:
        """The Kafka key: all heartbeats of a source go to one signals partition."""
        return heartbeat_key(self.source)


def heartbeat_key(source: str) -> bytes:
    """The Kafka key of the heartbeats of a source."""
    return window_key(DUTY_PACK, SOURCE_SILENT, {"source": source}, exercise=False)
