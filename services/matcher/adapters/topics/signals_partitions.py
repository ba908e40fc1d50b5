"""The partitions of the signals topic, by key."""

from kafka.partitioner.default import murmur2

from services.matcher.domain.engine.store import SignalsPartitions

_POSITIVE = 0x7FFFFFFF


def signals_partitions(count: int) -> SignalsPartitions:
    """The partitions of the signals topic, to which Kafka's producers divide keys."""
    return SignalsPartitions(count, lambda key: (murmur2(key) & _POSITIVE) % count)
