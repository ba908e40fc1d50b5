"""The watchdog: an alert that fires all the time, so that it is noticed when none comes through."""

from datetime import UTC, datetime

from schemas.alert import Alert, Evidence, Level
from schemas.duty import WATCHDOG
from schemas.heartbeat import Heartbeat
from services.matcher.domain.duty.alert import Duty, Words, duty_alert

_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)


def beat(pulse: Heartbeat, partition: int, now: datetime) -> Alert:
    """The alert that a pulse of the watchdog, which came to signals partition `partition`, is.

    One alert for each events partition, and one revision of it a second at most: its number is the
    time, so that nothing has to be remembered of it.
    """
    duty = Duty(WATCHDOG, "Watchdog", {"partition": str(pulse.partition)}, Level.INFORMATIONAL)
    why = (
        f"The watchdog's report of {pulse.at:%Y-%m-%d %H:%M:%S} UTC came through events partition "
        f"{pulse.partition} and signals partition {partition}."
    )
    report = Evidence(
        event_id=pulse.event, source=pulse.source, occurred_at=pulse.at, recorded_at=pulse.at
    )
    return duty_alert(duty, Words("Alerts come through", why), _ALWAYS, now).model_copy(
        update={
            "revision": max(1, int(pulse.at.timestamp())),
            "starts_at": pulse.at,
            "evidence": (report,),
            "evidence_count": 1,
        }
    )
