from hypothesis import given
from hypothesis.strategies import binary
from kafka.partitioner.default import murmur2 as murmur2_of_kafka

from services.key_partitions import murmur2


@given(binary(max_size=64))
def test_a_key_has_the_hash_that_the_client_of_kafka_gives_it(key: bytes) -> None:
    assert murmur2(key) == murmur2_of_kafka(key) & 0xFFFFFFFF
