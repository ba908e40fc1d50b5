"""Unanswered: Kafka is there, and the group does not answer this member.

Its client may wait for what never comes, and no longer send heartbeats. The next process does.
"""

from dataclasses import dataclass, field

UNANSWERED_SECONDS = 30.0
"""More than a group takes to load and to find its coordinator, once Kafka is back."""


@dataclass(slots=True)
class Unanswered:
    """Since when both has held without a break."""

    seconds: float = UNANSWERED_SECONDS
    _since: float | None = field(default=None, init=False)

    def is_too_long(self, now: float, *, is_kafka_there: bool, is_unanswered: bool) -> bool:
        """Take what holds now; whether it has for `seconds`."""
        if not (is_kafka_there and is_unanswered):
            self._since = None
            return False
        if self._since is None:
            self._since = now
        return now - self._since >= self.seconds
