"""Alerts of the watchdog."""

from schemas.alert import Alert
from schemas.duty import DUTY_PACK, WATCHDOG
from tests.notifier.alerts import NOON, SECOND, alert


def watchdog_alert(seconds: float = 0, partition: str = "3") -> Alert:
    rule = {"name": WATCHDOG, "title": "HeartbeatForwarder", "level": "informational"}
    return alert(
        pack=DUTY_PACK,
        rule=rule,
        group={"partition": partition},
        starts_at=NOON + seconds * SECOND,
    )
