"""The rules in force as one message, and the messages of a change of rules."""

from enum import StrEnum

from pydantic import Field

from schemas.model import Count, Instant, Model, PartitionCount, PartitionNumber
from schemas.reader_heads import PackHeads

NO_BUNDLE = 0
"""The number of rules that a worker reads from its folder."""
BUNDLE_KEY = b"bundle"
NUMBER_KEY = b"number"
"""Of records of the rules topic that say nothing: they take the numbers of lost bundles."""
WINDOWS_MOVE_KEY = b"windows-move"
"""In the rules topic a record with it, until it is a tombstone: no matcher may touch windows."""
LARGEST_RULES = 16 * 1024 * 1024
"""Bytes of the largest bundle, compressed."""


class OnChange(StrEnum):
    """What happens to the windows of a changed rule.

    `keep`: they stay as they are. `reset`: they start empty. `rebuild`: they start empty, and the
    new version is evaluated on the past events that the rule looks back over.
    """

    KEEP = "keep"
    RESET = "reset"
    REBUILD = "rebuild"


class PublishedRule(Model):
    """One rule of a bundle.

    `digest` is of all that its hits and its firing depend on. `changed_in` is the number of the
    bundle with which its windows started over, None for this bundle; `on_change` is how, and
    `changed_at` is when that bundle was published. `since` is when the rule began to watch, None
    while only the workers know. `alerting` is a digest of what grades and ends its alerts;
    `judged_in` is the number of the bundle with which they were judged anew, None for this bundle.
    """

    digest: str
    on_change: OnChange
    changed_in: Count | None = None
    changed_at: Instant | None = None
    since: Instant | None = None
    alerting: str = ""
    judged_in: Count | None = None


class RuleBundle(Model):
    """Every file of the rule packs, by its path below their folder, and every rule with windows.

    Its number is the offset of its message + 1, so that no two publishers share one; `previous` is
    the number of the bundle that it was made from. The keys of `rules` are `pack/name`, those of
    `heads` packs; the heads are in no digest: other ones leave windows as they are.
    """

    digest: str
    published_at: Instant
    previous: Count = NO_BUNDLE
    commit: str | None = None
    author: str | None = None
    files: dict[str, str]
    rules: dict[str, PublishedRule]
    heads: dict[str, PackHeads] = Field(default_factory=dict)


class CompletedBackfill(Model):
    """The past of events partition `partition` is backfilled for `bundle` and those before.

    A record of the rules topic, one for each partition, for its next owner.
    """

    partition: PartitionNumber
    bundle: Count

    @property
    def key(self) -> bytes:
        """The Kafka key."""
        return completed_backfill_key(self.partition)


def completed_backfill_key(partition: int) -> bytes:
    """The Kafka key of the record of one events partition."""
    return b"backfilled/%d" % partition


class BackfillBarrier(Model):
    """All backfill signals of one events partition precede this in its signals partition.

    They are of every rule that started over in `bundle` or before. For rules over rules, on `level`
    1 and above, it comes from a signals partition, behind the signals of all rules a level below.
    """

    partition: PartitionNumber
    partitions: PartitionCount
    bundle: Count
    level: Count = 0
