"""Tick: the time of one events partition, sent through the topics so that it cannot overtake."""

from schemas.bundle import NO_BUNDLE
from schemas.model import Count, Instant, Model, PartitionCount, PartitionNumber


class Tick(Model):
    """Everything before this in events partition `partition` of `partitions` is processed.

    In the signals topic it repeats up to which bundle the past of that partition is backfilled.
    """

    time: Instant
    partition: PartitionNumber
    partitions: PartitionCount
    backfilled: Count = NO_BUNDLE
