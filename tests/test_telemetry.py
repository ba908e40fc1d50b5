"""What the services share of logging."""

import logging

from services.telemetry import RepeatFilter


class SteppedClock:
    """Moved by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def logged(message: str, *filled: object, name: str = "aiokafka.client") -> logging.LogRecord:
    return logging.LogRecord(name, logging.ERROR, __file__, 1, message, filled, None)


def test_a_message_of_a_library_passes_once_in_ten_seconds() -> None:
    clock = SteppedClock()
    passes = RepeatFilter("aiokafka", clock=clock)

    first, again = (passes.filter(logged("no node %d", node)) for node in (1, 2))
    other = passes.filter(logged("no leader"))
    clock.now = 10.0
    later = passes.filter(logged("no node %d", 1))

    assert (first, again, other, later) == (True, False, True, True)


def test_messages_of_others_always_pass() -> None:
    passes = RepeatFilter("aiokafka", clock=SteppedClock())

    assert all(passes.filter(logged("crashed", name="services.matcher")) for _ in range(3))
