"""The progress of one signals partition: its time, its rules, and their backfill."""

from services.matcher.domain.changes.backfill_progress import BackfillProgress
from services.matcher.domain.changes.clock import PartitionClock
from services.matcher.domain.changes.rule_record import RuleRecord
from services.matcher.domain.windows.stored_value import StoredValue


class PartitionProgress(StoredValue, frozen=True):
    """What a signals partition keeps besides the states of its keys, written as one value."""

    clock: PartitionClock = PartitionClock()
    rules: RuleRecord = RuleRecord()
    backfill: BackfillProgress = BackfillProgress()

    def is_same(self, other: "PartitionProgress") -> bool:
        """Whether the other has the very parts of this one."""
        is_rest_same = self.rules is other.rules and self.backfill is other.backfill
        return is_rest_same and self.clock is other.clock
