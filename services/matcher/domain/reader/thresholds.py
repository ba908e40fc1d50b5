"""Thresholds: how near a vector must come before a head suspects its meaning."""

from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter

OUT_OF_REACH = float("inf")


def choose_threshold(scored: Iterable[tuple[float, bool]], precision: float) -> float:
    """The lowest score from which at least `precision` of the examples are positive.

    `scored` are scores of examples that the head was not trained on, and whether each is positive.
    Out of reach if no score is high enough.
    """
    threshold, positives, number = OUT_OF_REACH, 0, 0
    for score, alike in groupby(sorted(scored, reverse=True), key=itemgetter(0)):
        truths = [positive for _, positive in alike]
        positives, number = positives + sum(truths), number + len(truths)
        if positives and positives >= precision * number:
            threshold = score
    return threshold


def temper(own: float, common: float) -> float:
    """Halfway from the threshold of one head to that of all heads.

    A head has few examples, so that its own is uncertain. Out of reach if either is.
    """
    return (own + common) / 2
