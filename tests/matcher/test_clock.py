from schemas.tick import Tick
from services.matcher.domain.clock import Clock, decode_clock, encode_clock
from tests.matcher.builders import HOUR, NOON


def tick(hours: float, partition: int, partitions: int = 2) -> Tick:
    return Tick(time=NOON + hours * HOUR, partition=partition, partitions=partitions)


def test_the_clock_is_the_least_tick_over_the_events_partitions() -> None:
    clock = Clock().advanced(tick(5, 0), 1).advanced(tick(3, 1), 2)

    assert clock.now() == NOON + 3 * HOUR


def test_there_is_no_time_before_every_events_partition_has_ticked() -> None:
    clock = Clock().advanced(tick(5, 0), 1)

    assert clock.now() is None


def test_a_partition_that_was_added_holds_the_clock_until_it_ticks() -> None:
    clock = Clock().advanced(tick(1, 0, 1), 1)
    assert clock.now() == NOON + HOUR

    clock = clock.advanced(tick(2, 0, 2), 2)

    assert clock.now() is None


def test_an_older_tick_does_not_turn_the_clock_back() -> None:
    clock = Clock().advanced(tick(5, 0, 1), 1).advanced(tick(4, 0, 1), 2)

    assert clock.now() == NOON + 5 * HOUR


def test_a_tick_that_comes_again_changes_nothing() -> None:
    clock = Clock().advanced(tick(5, 0, 1), 7)

    assert clock.advanced(tick(9, 0, 1), 7) is clock


def test_a_clock_survives_its_bytes() -> None:
    clock = Clock().advanced(tick(5, 0), 1)

    assert decode_clock(encode_clock(clock)) == clock


def test_a_rule_watches_since_the_time_at_which_the_clock_first_met_it() -> None:
    first = Clock().advanced(tick(5, 0, 1), 1).watching([("pack", "old")])

    later = first.advanced(tick(9, 0, 1), 2).watching([("pack", "old"), ("pack", "new")])

    assert later.watching_since(("pack", "old")) == NOON + 5 * HOUR
    assert later.watching_since(("pack", "new")) == NOON + 9 * HOUR
    assert later.watching_since(("pack", "other")) is None


def test_no_rule_watches_before_there_is_a_time() -> None:
    clock = Clock().advanced(tick(5, 0), 1).watching([("pack", "rule")])

    assert clock.watching_since(("pack", "rule")) is None
