"""A receiver is ready once it has answered: not before it was asked, nor while it refuses."""

from collections.abc import Callable

import pytest

from services.notifier.adapters.monitored_receiver import MonitoredReceiver
from services.notifier.domain.errors import ReceiverDown
from services.notifier.domain.ports import Receiver
from tests.fakes import FakeReceiver
from tests.notifier.alerts import NOON
from tests.notifier.receivers import NOTICE, close_receiver, pager_at, webhook_at
from tests.parts.child import free_port

UNREACHED = {"the pager": pager_at, "the webhook": webhook_at}


@pytest.mark.parametrize("make", UNREACHED.values(), ids=UNREACHED)
def test_a_receiver_whose_port_refuses_is_not_ready_and_says_so(
    make: Callable[[str], Receiver],
) -> None:
    receiver = make(f"http://127.0.0.1:{free_port()}")
    monitored = MonitoredReceiver(receiver, lambda: NOON)

    with pytest.raises(ReceiverDown):
        monitored.check()

    assert "cannot be reached: ConnectError" in (monitored.check_ready() or "")
    close_receiver(receiver)


def test_a_receiver_that_was_not_asked_yet_is_not_ready() -> None:
    assert MonitoredReceiver(FakeReceiver(), lambda: NOON).check_ready() == "not checked yet"


def test_a_receiver_that_passes_its_check_is_ready() -> None:
    monitored = MonitoredReceiver(FakeReceiver(), lambda: NOON)

    monitored.check()

    assert monitored.check_ready() is None


def test_a_receiver_that_has_taken_a_message_is_ready() -> None:
    monitored = MonitoredReceiver(FakeReceiver(), lambda: NOON)

    monitored.send(NOTICE)

    assert monitored.check_ready() is None
