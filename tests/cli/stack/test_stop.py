import os
import signal

import pytest

from cli.stack.stop import Stop, UserStopped


def test_a_wait_ends_at_once_when_a_stop_is_requested() -> None:
    stop = Stop()
    stop.request()

    with pytest.raises(UserStopped):
        stop.sleep(60)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_is_a_request_and_no_traceback(number: signal.Signals) -> None:
    stop = Stop()

    with stop.on_signals():
        os.kill(os.getpid(), number)

        with pytest.raises(UserStopped):
            stop.sleep(5)


def test_the_second_request_is_urgent() -> None:
    stop = Stop()

    stop.request()
    once = stop.urgent
    stop.request()

    assert (once, stop.urgent) == (False, True)


def test_the_handlers_of_signals_are_restored() -> None:
    before = signal.getsignal(signal.SIGTERM)

    with Stop().on_signals():
        pass

    assert signal.getsignal(signal.SIGTERM) is before
