"""The names of everything that the notifier keeps in Redis."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Keys:
    """Names under one topic prefix, so that two installations can share a Redis.

    The braces put all of them into one slot of a Redis Cluster.
    """

    prefix: str

    @property
    def root(self) -> str:
        """What all names begin with."""
        return f"{{{self.prefix}notifier}}"

    @property
    def outbox(self) -> str:
        """A list: letters for Kafka."""
        return f"{self.root}:outbox"

    @property
    def outbox_lease(self) -> str:
        """Who delivers the outbox."""
        return f"{self.root}:outbox-lease"

    @property
    def mark(self) -> str:
        """JSON: the log is complete, and since when. Without it nothing is sent or queued."""
        return f"{self.root}:complete"

    @property
    def rebuild_lease(self) -> str:
        """Who rebuilds the log."""
        return f"{self.root}:rebuild-lease"

    def due(self, receiver: str) -> str:
        """A sorted set: alert ids by the time of the next try."""
        return f"{self.root}:{receiver}:due"

    def job(self, receiver: str, alert: str = "") -> str:
        """A hash: the revision to send."""
        return f"{self.root}:{receiver}:job:{alert}"

    def lease(self, receiver: str, alert: str = "") -> str:
        """A token: who is at it now."""
        return f"{self.root}:{receiver}:lease:{alert}"

    def log(self, receiver: str, alert: str = "") -> str:
        """JSON: the entry of the notification log."""
        return f"{self.root}:{receiver}:log:{alert}"
