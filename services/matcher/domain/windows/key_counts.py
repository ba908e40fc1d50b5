"""Counts of keys that come and go: a key is among them only while its count is not 0."""

from collections import Counter
from collections.abc import Hashable, Iterable
from typing import TypeVar

K = TypeVar("K", bound=Hashable)


def count_out(counts: Counter[K], keys: Iterable[K]) -> None:
    """Count these keys once less; one that is at 0 goes, so that `len` is how many are left."""
    for key in keys:
        counts[key] -= 1
        if not counts[key]:
            del counts[key]
