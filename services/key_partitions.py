"""The partition of a key, as Kafka's default partitioner finds it."""

import struct

_SEED = 0x9747B28C
_MULTIPLIER = 0x5BD1E995
_MASK = 0xFFFFFFFF
_WORD = struct.Struct("<I")
_POSITIVE = 0x7FFFFFFF


def find_partition(key: bytes, count: int) -> int:
    """Which of `count` partitions the key goes to."""
    return (murmur2(key) & _POSITIVE) % count


def murmur2(data: bytes) -> int:
    """MurmurHash2 of `data`, four bytes at a time: of 32 bits without a sign."""
    length = len(data)
    hashed = _SEED ^ length
    whole = length & ~3
    for (word,) in _WORD.iter_unpack(data[:whole]):
        mixed = word * _MULTIPLIER & _MASK
        mixed = (mixed ^ mixed >> 24) * _MULTIPLIER & _MASK
        hashed = hashed * _MULTIPLIER & _MASK ^ mixed
    if rest := data[whole:]:
        hashed = (hashed ^ int.from_bytes(rest, "little")) * _MULTIPLIER & _MASK
    hashed = (hashed ^ hashed >> 13) * _MULTIPLIER & _MASK
    return hashed ^ hashed >> 15
