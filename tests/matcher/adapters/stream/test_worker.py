"""The end of a worker: a stop that Kafka holds up has an end."""

import queue

from services.matcher.adapters.stream.worker import end_after


def test_a_stop_that_takes_too_long_ends_the_process_and_says_why() -> None:
    reasons: queue.Queue[str] = queue.Queue()

    end_after(0.01, reasons.put)

    assert reasons.get(timeout=5) == (
        "Kafka took no last commit for 0.01 s: what it lacks is read again"
    )
