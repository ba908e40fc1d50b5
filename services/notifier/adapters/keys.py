"""The names of the notifier's keys in Redis."""

from dataclasses import dataclass

from services.notifier.domain.urgency import Lane


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

    @property
    def probe(self) -> str:
        """A value that health checks write."""
        return f"{self.root}:probe"

    @property
    def firing(self) -> str:
        """A hash: revision, time and labels of the alerts that inhibit others, by id."""
        return f"{self.root}:firing"

    @property
    def firing_version(self) -> str:
        """A number: changes with `firing`."""
        return f"{self.root}:firing-version"

    @property
    def firing_changes(self) -> str:
        """A sorted set: ids in `firing`, by the version that changed them last."""
        return f"{self.root}:firing-changes"

    @property
    def firing_epoch(self) -> str:
        """When this Redis first had a version: another one after a loss."""
        return f"{self.root}:firing-epoch"

    def due(self, receiver: str) -> str:
        """A sorted set: alert ids that wait, by the time of the next try."""
        return f"{self.root}:{receiver}:due"

    def ready(self, receiver: str, lane: Lane) -> str:
        """A sorted set: alert ids that are due, by priority and time."""
        return f"{self.root}:{receiver}:ready:{lane}"

    def job(self, receiver: str, alert: str = "") -> str:
        """A hash: the revision to send, its urgency and its attempts."""
        return f"{self.root}:{receiver}:job:{alert}"

    def members(self, receiver: str, group: str) -> str:
        """A hash: the alerts of a group, by id."""
        return f"{self.root}:{receiver}:members:{group}"

    def group(self, receiver: str, group: str) -> str:
        """A hash: since when a group exists, how many revisions came, until when they wait."""
        return f"{self.root}:{receiver}:group:{group}"

    def pointer(self, receiver: str, alert: str = "") -> str:
        """The id of the group that an alert is in."""
        return f"{self.root}:{receiver}:in:{alert}"

    def lease(self, receiver: str, alert: str = "") -> str:
        """A token: who handles the alert now."""
        return f"{self.root}:{receiver}:lease:{alert}"

    def log(self, receiver: str, alert: str = "") -> str:
        """JSON: the log entry."""
        return f"{self.root}:{receiver}:log:{alert}"
