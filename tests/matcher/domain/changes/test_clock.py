from schemas.tick import Tick
from services.matcher.domain.changes.clock import PartitionClock
from tests.matcher.builders import HOUR, NOON


def tick(hours: float, partition: int, partitions: int = 2) -> Tick:
    return Tick(time=NOON + hours * HOUR, partition=partition, partitions=partitions)


def test_the_clock_is_the_least_tick_over_the_events_partitions() -> None:
    clock = PartitionClock().advance(tick(5, 0), 1).advance(tick(3, 1), 2)

    assert clock.now() == NOON + 3 * HOUR


def test_there_is_no_time_before_every_events_partition_has_ticked() -> None:
    clock = PartitionClock().advance(tick(5, 0), 1)

    assert clock.now() is None


def test_a_partition_that_was_added_holds_the_clock_until_it_ticks() -> None:
    clock = PartitionClock().advance(tick(1, 0, 1), 1)
    assert clock.now() == NOON + HOUR

    clock = clock.advance(tick(2, 0, 2), 2)

    assert clock.now() is None


def test_an_older_tick_does_not_turn_the_clock_back() -> None:
    clock = PartitionClock().advance(tick(5, 0, 1), 1).advance(tick(4, 0, 1), 2)

    assert clock.now() == NOON + 5 * HOUR


def test_a_tick_that_comes_again_changes_nothing() -> None:
    clock = PartitionClock().advance(tick(5, 0, 1), 7)

    assert clock.advance(tick(9, 0, 1), 7) is clock


def test_a_tick_is_applied_from_the_next_offset_on() -> None:
    clock = PartitionClock().advance(tick(5, 0, 1), 7)

    assert clock.advance(tick(9, 0, 1), 8).now() == NOON + 9 * HOUR


def test_the_first_message_of_a_partition_may_be_a_tick() -> None:
    assert PartitionClock().advance(tick(5, 0, 1), 0).now() == NOON + 5 * HOUR


def test_the_clock_knows_what_it_was_at_the_tick_before() -> None:
    clock = PartitionClock().advance(tick(5, 0, 1), 7)
    assert clock.before is None

    leapt = clock.advance(tick(900, 0, 1), 8)

    assert leapt.before == NOON + 5 * HOUR
    assert leapt.advance(tick(900, 0, 1), 9).before == NOON + 900 * HOUR
