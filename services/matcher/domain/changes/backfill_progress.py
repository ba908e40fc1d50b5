"""Backfill progress: how much of the past of changed rules has reached one signals partition."""

import msgspec

from schemas.bundle import NO_BUNDLE, BackfillBarrier, OnChange
from services.matcher.domain.alerts.rule_generation import RuleGeneration


class BackfillProgress(msgspec.Struct, frozen=True):
    """The bundles up to which backfill is complete, by level of rules.

    `barriers` has the bundle of the last barrier, by level and by the partition that it came from;
    `released` has the least of those of a level, once every partition has sent one.
    """

    barriers: dict[int, dict[int, int]] = {}
    released: dict[int, int] = {}

    def pass_barrier(self, barrier: BackfillBarrier, newest: int) -> "BackfillProgress":
        """The progress after a barrier; an older one changes nothing.

        It counts up to bundle `newest`, which the states are made by: this worker may have refused
        a newer one.
        """
        bundle, known = min(barrier.bundle, newest), self.barriers.get(barrier.level, {})
        if known.get(barrier.partition, NO_BUNDLE) >= bundle:
            return self
        passed = {**known, barrier.partition: bundle}
        least = min(passed.values()) if len(passed) >= barrier.partitions else NO_BUNDLE
        released = max(self.released_on(barrier.level), least)
        return BackfillProgress(
            {**self.barriers, barrier.level: passed}, {**self.released, barrier.level: released}
        )

    def released_on(self, level: int) -> int:
        """The bundle whose changed rules of a level have all of their past."""
        return self.released.get(level, NO_BUNDLE)

    def is_backfilling(self, generation: RuleGeneration, level: int = 0) -> bool:
        """Whether the past of a rule of `level` is still being read again."""
        is_rebuilt = generation.on_change is OnChange.REBUILD
        return is_rebuilt and generation.changed_in > self.released_on(level)
