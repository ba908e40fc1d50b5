from schemas.bundle import BackfillBarrier, OnChange
from services.matcher.domain.alerts.rule_generation import RuleGeneration
from services.matcher.domain.changes.backfill_progress import BackfillProgress

NOTHING = BackfillProgress()


def barrier(bundle: int, partition: int, partitions: int = 2) -> BackfillBarrier:
    return BackfillBarrier(partition=partition, partitions=partitions, bundle=bundle)


def test_the_past_is_there_up_to_the_least_barrier_over_the_events_partitions() -> None:
    progress = NOTHING.pass_barrier(barrier(5, 0), 9)
    assert progress.released_on(0) == 0

    progress = progress.pass_barrier(barrier(3, 1), 9)

    assert progress.released_on(0) == 3


def test_an_older_barrier_changes_nothing() -> None:
    progress = NOTHING.pass_barrier(barrier(5, 0), 9)

    assert progress.pass_barrier(barrier(4, 0), 9) is progress


def test_a_barrier_of_a_bundle_that_was_refused_counts_as_far_as_the_states_have_migrated() -> None:
    progress = NOTHING.pass_barrier(barrier(12, 0, 1), 9)

    assert progress.released_on(0) == 9


def test_a_partition_that_was_added_takes_nothing_back() -> None:
    progress = NOTHING.pass_barrier(barrier(5, 0, 1), 9).pass_barrier(barrier(6, 0, 2), 9)

    assert progress.released_on(0) == 5


def test_only_a_rule_that_is_rebuilt_waits_for_its_past() -> None:
    assert NOTHING.is_backfilling(RuleGeneration(OnChange.REBUILD, 1))
    assert not NOTHING.is_backfilling(RuleGeneration(OnChange.RESET, 1))
    assert not NOTHING.pass_barrier(barrier(1, 0, 1), 9).is_backfilling(
        RuleGeneration(OnChange.REBUILD, 1)
    )
