"""The time to the first notification: of what is to be told at once, and is news."""

from datetime import timedelta

import pytest
from prometheus_client import REGISTRY

from schemas.alert import Alert
from services.notifier.adapters.metrics import observe_first
from services.notifier.domain.traits import ReceiverTraits
from tests.notifier.alerts import NOON, SECOND, alert, evidence
from tests.notifier.desk import DeliveryDesk
from tests.notifier.muted_desk import muted_desk


def observed(receiver: str) -> tuple[float, float]:
    """How many alerts were measured there, and their seconds together."""
    name, labels = "vedette_notifier_end_to_end_seconds", {"receiver": receiver}
    count = REGISTRY.get_sample_value(f"{name}_count", labels) or 0.0
    return count, REGISTRY.get_sample_value(f"{name}_sum", labels) or 0.0


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        (alert(), [3.0]),
        (alert(starts_at=NOON), [2.0]),
        (alert(starts_at=NOON + timedelta(minutes=4)), [0.0]),
        (alert(backfill=True), []),
        (alert(evidence=(evidence(recorded_at=None),)), []),
    ],
    ids=["report", "absence", "report-of-the-future", "history", "file"],
)
def test_the_time_is_that_from_what_makes_the_alert(told: Alert, seconds: list[float]) -> None:
    receiver = f"of {told.starts_at} {told.backfill} {told.evidence[0].recorded_at}"

    observe_first(receiver, told, NOON + 2 * SECOND)

    assert observed(receiver) == (len(seconds), sum(seconds))


def test_a_notification_before_its_report_is_counted_and_not_measured_as_zero() -> None:
    told = alert()
    recorded = max(each.recorded_at for each in told.evidence if each.recorded_at)

    observe_first("behind", told, recorded - SECOND)

    unknown = "vedette_notifier_latency_unknown_total"
    assert REGISTRY.get_sample_value(unknown, {"receiver": "behind"}) == 1.0
    assert observed("behind") == (0.0, 0.0)


def test_an_alert_that_is_told_at_once_is_measured() -> None:
    desk = DeliveryDesk(ReceiverTraits("measured"))
    desk.queue(alert())

    desk.handle_all()

    assert observed("measured") == (1.0, 1.0)


def test_an_alert_that_was_held_on_purpose_is_not_late() -> None:
    before = observed("slack")
    desk = muted_desk()
    desk.queue(alert())

    desk.handle_all()

    assert desk.messages == [["1 firing"]]
    assert observed("slack") == before
