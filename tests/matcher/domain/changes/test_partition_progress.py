from schemas.bundle import BackfillBarrier
from schemas.tick import Tick
from services.matcher.domain.changes.backfill_progress import BackfillProgress
from services.matcher.domain.changes.clock import PartitionClock
from services.matcher.domain.changes.partition_progress import (
    PartitionProgress,
)
from services.matcher.domain.changes.rule_record import RuleRecord
from tests.matcher.builders import NOON


def test_the_progress_survives_its_bytes() -> None:
    barrier = BackfillBarrier(partition=1, partitions=2, bundle=2)
    progress = PartitionProgress(
        PartitionClock().advance(Tick(time=NOON, partition=0, partitions=2), 1),
        RuleRecord(2, "names").watch([("iraq", "joint_march")], NOON),
        BackfillProgress().pass_barrier(barrier, 2),
    )

    assert PartitionProgress.decode(progress.encode()) == progress
