"""Every request to a receiver is counted once, by what came of it."""

from contextlib import suppress

import pytest
from prometheus_client import REGISTRY

from services.notifier.adapters.metrics import OUTCOMES
from services.notifier.adapters.monitored_receiver import MonitoredReceiver
from services.notifier.domain.errors import (
    PermanentRefusal,
    RateLimited,
    ReceiverDown,
    UnknownOutcome,
)
from services.notifier.domain.ports import Notice
from services.notifier.domain.traits import ReceiverTraits
from tests.fakes import FakeClock, FakeReceiver
from tests.notifier.alerts import alert


def attempts(receiver: str) -> dict[str, float]:
    name = "vedette_notifier_attempts_total"
    counts = {
        outcome: REGISTRY.get_sample_value(name, {"receiver": receiver, "outcome": outcome})
        for outcome in OUTCOMES
    }
    return {outcome: count for outcome, count in counts.items() if count}


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (None, "taken"),
        (RateLimited("slow down"), "limited"),
        (ReceiverDown("token revoked"), "failed"),
        (UnknownOutcome("no answer"), "unknown"),
        (PermanentRefusal("too long"), "refused"),
        (ValueError("a bug"), "failed"),
    ],
)
def test_a_request_is_counted_by_its_outcome(fault: Exception | None, outcome: str) -> None:
    name = f"slack of {fault!r}"
    receiver = FakeReceiver(ReceiverTraits(name), faults=[fault])

    with suppress(RateLimited, ReceiverDown, UnknownOutcome, PermanentRefusal, ValueError):
        MonitoredReceiver(receiver, FakeClock()).send(Notice(alert()))

    assert attempts(name) == {outcome: 1.0}
