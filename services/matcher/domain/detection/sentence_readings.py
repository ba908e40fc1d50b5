"""What became of a statement in the sentences of a report, read no further than is asked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from services.matcher.domain.says.outcomes import PartOutcome

SentenceReading = tuple[int, tuple[PartOutcome, ...]]
"""The number of a sentence, and what became of each part of a statement in it."""


@dataclass(slots=True)
class SentenceReadings:
    """The sentences that hold a test: those `found` so far, and those `ahead`."""

    ahead: Iterator[SentenceReading]
    found: list[SentenceReading] = field(default_factory=list)

    def first(self, count: int) -> Sequence[SentenceReading]:
        """The first so many; no sentence behind them is read."""
        if len(self.found) < count:
            self.found += islice(self.ahead, count - len(self.found))
        return self.found[:count]


NO_READINGS = SentenceReadings(iter(()))
