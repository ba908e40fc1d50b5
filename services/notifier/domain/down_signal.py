"""What the other receivers learn of one that is down."""

from datetime import datetime

from schemas.alert import Evidence
from schemas.duty import OWN_SOURCE, RECEIVER_DOWN, make_duty_hit
from schemas.signal import Signal


def make_down_signal(receiver: str, fault: str, now: datetime) -> Signal:
    """The hit of the duty window `receiver_down`, which alerts at every receiver."""
    evidence = Evidence(
        event_id=f"{receiver}@{now.timestamp():.0f}",
        source=OWN_SOURCE,
        occurred_at=now,
        recorded_at=now,
        title=f"{receiver} takes no alerts: {fault}",
    )
    return make_duty_hit(RECEIVER_DOWN, {"receiver": receiver}, evidence, {"fault": fault})
