"""The names of the notifier's keys in Redis."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Keys:
    """Names under one topic prefix, so that two installations can share a Redis.

    The braces put all of them into one slot of a Redis Cluster.
    """

    prefix: str

    @property
    def root(self) -> str:
        """The prefix of all names."""
        return f"{{{self.prefix}notifier}}"

    @property
    def outbox(self) -> str:
        """A list: records for Kafka."""
        return f"{self.root}:outbox"

    @property
    def outbox_lease(self) -> str:
        """A token: who relays the outbox."""
        return f"{self.root}:outbox-lease"

    @property
    def completion(self) -> str:
        """JSON: since when the log is complete. Without it nothing is sent or queued."""
        return f"{self.root}:complete"

    @property
    def rebuild_lease(self) -> str:
        """A token: who rebuilds the log."""
        return f"{self.root}:rebuild-lease"

    def due(self, receiver: str) -> str:
        """A sorted set: alert ids by the time of the next try."""
        return f"{self.root}:{receiver}:due"

    def job(self, receiver: str, alert: str = "") -> str:
        """A hash: the revision to send and its attempts."""
        return f"{self.root}:{receiver}:job:{alert}"

    def lease(self, receiver: str, alert: str = "") -> str:
        """A token: who handles the alert now."""
        return f"{self.root}:{receiver}:lease:{alert}"

    def log(self, receiver: str, alert: str = "") -> str:
        """JSON: the log entry."""
        return f"{self.root}:{receiver}:log:{alert}"
