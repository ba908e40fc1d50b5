"""The topics, and how long each is kept."""

from dataclasses import dataclass

from schemas.bundle import LARGEST_RULES

EVENTS = "events"
SIGNALS = "signals"
ALERTS = "alerts"
RULES = "rules"
DEAD_LETTERS = "dead-letters"
LEDGER = "ledger"

THIRTY_DAYS_MS = 30 * 24 * 60 * 60 * 1000


KAFKA_TIME = {"message.timestamp.type": "LogAppendTime"}
"""One clock for all messages, by which the others are measured."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic: its name without prefix, what it carries, and how long it is kept."""

    name: str
    carries: str
    compacted: bool = False
    partitioned: bool = True

    def config(self) -> dict[str, str]:
        """The broker's settings for it."""
        if self.compacted:
            kept = {"cleanup.policy": "compact", "max.message.bytes": str(LARGEST_RULES)}
        else:
            kept = {"cleanup.policy": "delete", "retention.ms": str(THIRTY_DAYS_MS)}
        return kept | KAFKA_TIME


TOPICS = (
    Topic(EVENTS, "one Event or a batch of Events of the same partition, and ticks"),
    Topic(SIGNALS, "rule hits on their way to a window, and ticks"),
    Topic(ALERTS, "alerts, one message per revision"),
    Topic(RULES, "the active rule bundle", compacted=True, partitioned=False),
    Topic(DEAD_LETTERS, "messages that a part refused, with the reason in headers"),
    Topic(LEDGER, "one line per act on an alert"),
)


def topic_name(prefix: str, name: str) -> str:
    """The topic's full name on the broker."""
    return f"{prefix}{name}"
