"""The processor's time is asked for at most once a millisecond."""

from dataclasses import dataclass

from services.matcher.adapters.detection.processor_clock import STALE_SECONDS, ProcessorClock


@dataclass
class FakeProcessor:
    """A processor that works all the time, and how often it was asked."""

    now: float = 5.0
    asked: int = 0

    def __call__(self) -> float:
        self.asked += 1
        return self.now

    def clock(self) -> ProcessorClock:
        return ProcessorClock(self, lambda: self.now)


def test_within_a_millisecond_the_system_is_not_asked_again() -> None:
    processor = FakeProcessor()
    clock = processor.clock()

    times = [clock()]
    processor.now += STALE_SECONDS / 2
    times.append(clock())

    assert (times, processor.asked) == ([5.0, 5.0], 1)


def test_after_a_millisecond_the_time_is_that_of_the_system() -> None:
    processor = FakeProcessor()
    clock = processor.clock()

    clock()
    processor.now += STALE_SECONDS * 2

    assert clock() == processor.now
