"""The progress of several signals partitions as one, for partitions that share their states."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeVar

import msgspec

from services.matcher.domain.changes.backfill_progress import BackfillProgress
from services.matcher.domain.changes.clock import PartitionClock
from services.matcher.domain.changes.partition_progress import PartitionProgress
from services.matcher.domain.changes.rule_record import RuleRecord

V = TypeVar("V", int, datetime)


def merge_progress(progresses: Sequence[PartitionProgress], offset: int) -> PartitionProgress:
    """What all of them have reached; `offset` is that of the last message applied.

    What one of them has not reached is applied to all again, which changes nothing.
    """
    if not progresses:
        return PartitionProgress()
    return PartitionProgress(
        clock=_merge_clocks([progress.clock for progress in progresses], offset),
        rules=_merge_rules([progress.rules for progress in progresses]),
        backfill=_merge_backfills([progress.backfill for progress in progresses]),
    )


def _merge_clocks(clocks: Sequence[PartitionClock], offset: int) -> PartitionClock:
    times = _least_of_all([clock.times for clock in clocks])
    return PartitionClock(offset, max(clock.partitions for clock in clocks), times)


def _merge_rules(records: Sequence[RuleRecord]) -> RuleRecord:
    """The oldest rules; each is watched since the earliest time."""
    oldest = min(records, key=lambda record: record.bundle)
    since = {
        name: min(record.since.get(name, time) for record in records)
        for name, time in oldest.since.items()
    }
    return msgspec.structs.replace(oldest, since=since)


def _merge_backfills(backfills: Sequence[BackfillProgress]) -> BackfillProgress:
    levels = sorted({level for backfill in backfills for level in backfill.barriers})
    return BackfillProgress(
        {
            level: _least_of_all([backfill.barriers.get(level, {}) for backfill in backfills])
            for level in levels
        },
        {level: min(backfill.released_on(level) for backfill in backfills) for level in levels},
    )


def _least_of_all(counts: Sequence[Mapping[int, V]]) -> dict[int, V]:
    """The least value of each key that all of them have."""
    shared = set(counts[0]).intersection(*counts[1:])
    return {key: min(each[key] for each in counts) for key in sorted(shared)}
