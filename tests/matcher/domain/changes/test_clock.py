from schemas.bundle import BackfillBarrier, OnChange
from schemas.tick import Tick
from services.matcher.domain.alerts.rule_generation import RuleGeneration
from services.matcher.domain.changes.clock import Clock, decode_clock, encode_clock
from services.matcher.domain.rules.rulebook import Rulebook
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


AT_NINE = Clock(bundle=9)


def mark(bundle: int, partition: int, partitions: int = 2) -> BackfillBarrier:
    return BackfillBarrier(partition=partition, partitions=partitions, bundle=bundle)


def test_the_past_is_there_up_to_the_least_mark_over_the_events_partitions() -> None:
    clock = AT_NINE.with_barrier(mark(5, 0))
    assert clock.released_on(0) == 0

    clock = clock.with_barrier(mark(3, 1))

    assert clock.released_on(0) == 3


def test_an_older_mark_changes_nothing() -> None:
    clock = AT_NINE.with_barrier(mark(5, 0))

    assert clock.with_barrier(mark(4, 0)) is clock


def test_a_mark_of_a_bundle_that_was_refused_counts_as_far_as_the_states_stand() -> None:
    clock = AT_NINE.with_barrier(mark(12, 0, 1))

    assert clock.released_on(0) == 9


def test_a_partition_that_was_added_takes_nothing_back() -> None:
    clock = AT_NINE.with_barrier(mark(5, 0, 1)).with_barrier(mark(6, 0, 2))

    assert clock.released_on(0) == 5


def test_only_a_rule_that_is_rebuilt_waits_for_its_past() -> None:
    assert AT_NINE.is_backfilling(RuleGeneration(OnChange.REBUILD, 1))
    assert not AT_NINE.is_backfilling(RuleGeneration(OnChange.RESET, 1))
    assert not AT_NINE.with_barrier(mark(1, 0, 1)).is_backfilling(
        RuleGeneration(OnChange.REBUILD, 1)
    )


def test_the_clock_forgets_since_when_a_removed_rule_has_watched() -> None:
    clock = Clock().advanced(tick(5, 0, 1), 1).watching([("iraq", "gone")])

    adopted = clock.adopting(Rulebook(number=4))

    assert (adopted.bundle, adopted.watching_since(("iraq", "gone"))) == (4, None)


def test_a_clock_survives_its_bytes() -> None:
    clock = Clock().advanced(tick(5, 0), 1).adopting(Rulebook(number=2)).with_barrier(mark(2, 1))

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
