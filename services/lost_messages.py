"""Messages that Kafka deleted before a service had read them: in the log, a metric, and a signal.

Retention overtakes a consumer that is stopped or too slow.
"""

from dataclasses import dataclass
from datetime import datetime

from prometheus_client import Counter

from schemas.alert import Evidence
from schemas.duty import MESSAGES_LOST, OWN_SOURCE, make_duty_hit
from schemas.signal import Signal
from services.counts import format_count
from services.telemetry import logger

log = logger(__name__)

LOST = Counter(
    "vedette_lost_messages_total",
    "Messages that were deleted before they were read: retention overtook the service.",
    ["topic", "partition"],
)


@dataclass(frozen=True, slots=True)
class LostMessages:
    """The messages of a partition from the offset `since` to before `until`."""

    topic: str
    partition: int
    since: int
    until: int

    @property
    def count(self) -> int:
        """How many they are."""
        return self.until - self.since


def report_loss(lost: LostMessages) -> None:
    """Log and count them."""
    LOST.labels(lost.topic, lost.partition).inc(lost.count)
    log.error(
        "messages were deleted before they were read",
        topic=lost.topic,
        partition=lost.partition,
        since=lost.since,
        until=lost.until,
        messages=lost.count,
    )


def make_loss_signal(lost: LostMessages, reader: str, now: datetime) -> Signal:
    """The hit of the duty window `messages_lost`; `reader` is the service that missed them."""
    count = format_count(lost.count, "message")
    position = f"{lost.topic}/{lost.partition}@{lost.since}"
    evidence = Evidence(
        event_id=position,
        source=OWN_SOURCE,
        occurred_at=now,
        recorded_at=now,
        title=f"{count} lost: offsets {lost.since} to {lost.until - 1}",
    )
    group = {"topic": lost.topic, "partition": str(lost.partition), "reader": reader}
    return make_duty_hit(MESSAGES_LOST, group, evidence, {"messages": str(lost.count)})
