"""The watchdog: an alert that always fires, so that an outage of the pipeline is detected."""

from datetime import UTC, datetime

from schemas.alert import Alert, Evidence, Level
from schemas.duty import WATCHDOG
from schemas.heartbeat import Heartbeat
from services.matcher.domain.duty.alert import Duty, DutyText, fire_duty_alert

_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)


def watchdog_alert(heartbeat: Heartbeat, partition: int, now: datetime) -> Alert:
    """The alert for a heartbeat of the watchdog that passed signals partition `partition`.

    One alert for each events partition, and one revision of it a second at most: its number is the
    time in seconds, so that no state is needed.
    """
    at, events_partition = heartbeat.at, heartbeat.partition
    duty = Duty(WATCHDOG, "Watchdog", {"partition": str(events_partition)}, Level.INFORMATIONAL)
    why = (
        f"The watchdog's report of {at:%Y-%m-%d %H:%M:%S} UTC passed events partition "
        f"{events_partition} and signals partition {partition}."
    )
    report = Evidence(
        event_id=heartbeat.event, source=heartbeat.source, occurred_at=at, recorded_at=at
    )
    return fire_duty_alert(duty, DutyText("The pipeline is up", why), _ALWAYS, now).model_copy(
        update={
            "revision": max(1, int(at.timestamp())),
            "starts_at": at,
            "evidence": (report,),
            "evidence_count": 1,
        }
    )
