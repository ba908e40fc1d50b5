"""The watchdog's alert: always firing, a revision for each report, and no state."""

from datetime import timedelta

from schemas.alert import Level, Status
from schemas.duty import WATCHDOG_SOURCE, is_watchdog
from schemas.heartbeat import Heartbeat
from services.matcher.domain.duty.watchdog import watchdog_alert
from tests.matcher.builders import NOON


def heartbeat(seconds: float = 0, partition: int = 3) -> Heartbeat:
    at = NOON + timedelta(seconds=seconds)
    return Heartbeat(source=WATCHDOG_SOURCE, event=f"{seconds}", at=at, partition=partition)


def test_it_fires_with_the_time_of_its_report() -> None:
    alert = watchdog_alert(heartbeat(), 3, NOON + timedelta(seconds=1))

    assert is_watchdog(alert)
    assert (alert.status, alert.level) == (Status.FIRING, Level.INFORMATIONAL)
    assert alert.evidence[0].recorded_at == NOON
    assert alert.detected_at == NOON + timedelta(seconds=1)


def test_every_heartbeat_is_a_later_revision_of_one_alert() -> None:
    first, second = watchdog_alert(heartbeat(0), 3, NOON), watchdog_alert(heartbeat(30), 3, NOON)

    assert first.id == second.id
    assert second.revision == first.revision + 30
    assert watchdog_alert(heartbeat(0), 3, NOON).revision == first.revision


def test_each_events_partition_has_its_own() -> None:
    first, third = (watchdog_alert(heartbeat(partition=number), number, NOON) for number in (1, 3))

    assert first.fingerprint != third.fingerprint
