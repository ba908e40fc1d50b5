"""Messages that the receiver no longer has: what the channel shows in the end."""

import pytest

from schemas.ledger import Act
from services.notifier.domain.errors import (
    HandleLost,
    UnknownOutcome,
)
from tests.notifier.alerts import alert
from tests.notifier.desk import RESOLVED, DeliveryDesk


@pytest.fixture
def desk() -> DeliveryDesk:
    return DeliveryDesk()


def test_a_lost_message_is_replaced_by_one_new_one_for_an_end(desk: DeliveryDesk) -> None:
    desk.queue(alert())
    desk.handle_all()
    desk.receiver.faults = [HandleLost("message_not_found")]

    desk.queue(alert(revision=2, **RESOLVED))
    desk.handle_all()

    assert desk.messages == [["1 firing"], ["2 resolved"]]


def test_a_replacement_in_doubt_is_looked_up(desk: DeliveryDesk) -> None:
    desk.queue(alert())
    desk.handle_all()
    del desk.receiver.shown["m1"]
    desk.receiver.faults = [HandleLost("message_not_found"), (UnknownOutcome("?"), True)]

    desk.queue(alert(revision=2, **RESOLVED))
    desk.handle_all()

    assert desk.messages == [["2 resolved"]]


def test_a_lost_message_has_a_line(desk: DeliveryDesk) -> None:
    desk.queue(alert())
    desk.handle_all()
    desk.receiver.faults = [HandleLost("message_not_found")]

    desk.queue(alert(revision=2, **RESOLVED))
    desk.handle_all()

    assert desk.acts == [Act.NOTIFIED, Act.LOST, Act.RESOLVED]


def test_a_lost_message_is_not_replaced_for_evidence_alone(desk: DeliveryDesk) -> None:
    desk.queue(alert())
    desk.handle_all()
    desk.clock.move(60)
    desk.receiver.faults = [HandleLost("message_not_found")]

    desk.queue(alert(revision=2))
    desk.handle_all()

    assert desk.messages == [["1 firing"]]
