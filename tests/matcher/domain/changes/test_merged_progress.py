"""The progress of partitions that share their states is what all of them have reached."""

from services.matcher.domain.changes.backfill_progress import BackfillProgress
from services.matcher.domain.changes.clock import PartitionClock
from services.matcher.domain.changes.merged_progress import merge_progress
from services.matcher.domain.changes.partition_progress import PartitionProgress
from services.matcher.domain.changes.rule_record import RuleRecord
from tests.matcher.builders import HOUR, NOON

LATER = NOON + HOUR


def test_nothing_is_merged_to_nothing() -> None:
    assert merge_progress([], 7) == PartitionProgress()


def test_the_clock_is_that_of_the_partition_that_is_behind() -> None:
    ahead = PartitionProgress(clock=PartitionClock(9, 2, {0: LATER, 1: NOON}))
    behind = PartitionProgress(clock=PartitionClock(3, 2, {0: NOON, 1: LATER}))

    merged = merge_progress([ahead, behind], 7)

    assert merged.clock == PartitionClock(7, 2, {0: NOON, 1: NOON})


def test_there_is_no_clock_before_every_partition_has_one() -> None:
    ahead = PartitionProgress(clock=PartitionClock(9, 1, {0: LATER}))

    assert merge_progress([ahead, PartitionProgress()], 7).clock.now() is None


def test_the_rules_are_the_oldest_and_watch_since_they_were_first_met() -> None:
    old = PartitionProgress(rules=RuleRecord(3, "three", {"p/a": LATER}))
    new = PartitionProgress(rules=RuleRecord(4, "four", {"p/a": NOON, "p/b": LATER}))

    assert merge_progress([new, old], 7).rules == RuleRecord(3, "three", {"p/a": NOON})


def test_a_backfill_is_complete_where_it_is_in_all() -> None:
    ahead = PartitionProgress(backfill=BackfillProgress({0: {0: 4, 1: 4}}, {0: 4}))
    behind = PartitionProgress(backfill=BackfillProgress({0: {0: 4, 1: 3}}, {0: 3}))

    assert merge_progress([ahead, behind], 7).backfill == behind.backfill
    assert merge_progress([ahead, PartitionProgress()], 7).backfill.released_on(0) == 0
