import os
import signal

import pytest

from cli.stack.stop import Stop, UserStopped


def test_a_wait_ends_at_once_when_somebody_has_asked() -> None:
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


def test_the_second_request_is_in_a_hurry() -> None:
    stop = Stop()

    stop.request()
    once = stop.hurried
    stop.request()

    assert (once, stop.hurried) == (False, True)


def test_signals_mean_afterwards_what_they_meant_before() -> None:
    before = signal.getsignal(signal.SIGTERM)

    with Stop().on_signals():
        pass

    assert signal.getsignal(signal.SIGTERM) is before
