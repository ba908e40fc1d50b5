"""The partitions of the signals topic, by key."""

from functools import partial

from services.key_partitions import find_partition
from services.matcher.domain.engine.store import SignalsPartitions


def signals_partitions(count: int) -> SignalsPartitions:
    """The partitions of the signals topic, to which Kafka's producers divide keys."""
    return SignalsPartitions(count, partial(find_partition, count=count))
