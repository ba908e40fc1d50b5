"""Thresholds: how near a vector must come before a head suspects its meaning."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import inf, nextafter
from operator import itemgetter

OUT_OF_REACH = inf


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


@dataclass(frozen=True, slots=True)
class ScoredHead:
    """A threshold, and held-out scores: of positive examples, and of news that must not fire."""

    threshold: float
    positives: tuple[float, ...] = ()
    news: tuple[float, ...] = ()

    @property
    def firings(self) -> list[float]:
        """The scores of the news that fires, lowest first."""
        return sorted(score for score in self.news if score >= self.threshold)

    @property
    def cost(self) -> int:
        """How many positive examples are lost with the lowest of these firings."""
        return sum(self.threshold <= score <= self.firings[0] for score in self.positives)

    def without_lowest(self) -> "ScoredHead":
        """The head with its threshold right above the lowest of these firings."""
        return replace(self, threshold=nextafter(self.firings[0], inf))


def limit_firings(heads: Sequence[ScoredHead], most: int) -> list[float]:
    """Thresholds, raised where that costs least, at which at most so much of the news fires."""
    limited = list(heads)
    while sum(len(head.firings) for head in limited) > most:
        firing = [number for number, head in enumerate(limited) if head.firings]
        cheapest = min(firing, key=lambda number: limited[number].cost)
        limited[cheapest] = limited[cheapest].without_lowest()
    return [head.threshold for head in limited]
