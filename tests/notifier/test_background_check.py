"""Checks in a thread of their own: known though nobody asks, told at once though they hang."""

import threading

from services.notifier.adapters.background_check import BackgroundCheck
from tests.fakes import SteppedClock
from tests.parts.waiting import until


def test_the_check_is_made_though_nobody_asks() -> None:
    made = threading.Event()

    def check() -> None:
        made.set()

    background = BackgroundCheck("redis", check)
    background.start()

    assert made.wait(5)
    until(lambda: background.find_fault() is None, "the answer is known", 5)
    assert background.stop(5)


def test_before_its_first_answer_it_is_not_checked() -> None:
    assert BackgroundCheck("redis", lambda: None).find_fault() == "not checked yet"


def test_the_last_answer_is_told() -> None:
    background = BackgroundCheck("redis", lambda: "redis does not answer")

    background.make()

    assert background.find_fault() == "redis does not answer"


def test_a_check_that_hangs_is_a_fault_and_asking_does_not_wait_for_it() -> None:
    clock = SteppedClock()
    background = BackgroundCheck("redis", lambda: None, patience=4.0, clock=clock)
    background.make()

    clock.now = 4.9
    before = background.find_fault()
    clock.now = 5.1

    assert before is None
    assert background.find_fault() == "no answer for 5 s"
