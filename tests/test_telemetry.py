"""What the services share of logging."""

import logging

from services.telemetry import RepeatFilter


class SteppedClock:
    """Moved by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def said(words: str, *filled: object, name: str = "aiokafka.client") -> logging.LogRecord:
    return logging.LogRecord(name, logging.ERROR, __file__, 1, words, filled, None)


def test_a_library_says_the_same_words_once_in_ten_seconds() -> None:
    clock = SteppedClock()
    heard = RepeatFilter("aiokafka", clock=clock)

    first, again = (heard.filter(said("no node %d", node)) for node in (1, 2))
    other = heard.filter(said("no leader"))
    clock.now = 10.0
    later = heard.filter(said("no node %d", 1))

    assert (first, again, other, later) == (True, False, True, True)


def test_what_others_say_is_always_heard() -> None:
    heard = RepeatFilter("aiokafka", clock=SteppedClock())

    assert all(heard.filter(said("crashed", name="services.matcher")) for _ in range(3))
