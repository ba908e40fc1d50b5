"""Counts of keys that come and go: a key is among them only while its count is not 0."""

from collections import Counter
from collections.abc import Iterable


def count_out(counts: Counter[str], keys: Iterable[str]) -> None:
    """Count these keys once less; one that is at 0 goes, so that `len` is how many are left."""
    for key in keys:
        counts[key] -= 1
        if not counts[key]:
            del counts[key]
