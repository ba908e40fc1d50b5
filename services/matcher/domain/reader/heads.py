"""Heads: what a sentence model's vectors say of each meaning, trained for that model alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import hypot
from operator import mul

from services.matcher.domain.reader.ports import Plane, Vector

HeadKey = tuple[str, str]
"""Pack and the key of a meaning."""


@dataclass(frozen=True, slots=True)
class KnownExample:
    """A positive example, for people to compare with; only the direction of `vector` counts."""

    text: str
    example_id: str
    vector: Vector

    def similarity(self, vector: Vector) -> float:
        """The cosine of the angle between the two; 0 beside a vector of no length."""
        lengths = hypot(*self.vector) * hypot(*vector)
        product: float = sum(map(mul, self.vector, vector))
        return product / lengths if lengths else 0.0


@dataclass(frozen=True, slots=True)
class MeaningHead:
    """One meaning: it is suspected of a vector whose score reaches `threshold`.

    `positives` is the number of examples that it was trained on; `examples` are the clearest.
    `description` says in words what it means.
    """

    plane: Plane
    threshold: float
    positives: int
    examples: tuple[KnownExample, ...] = ()
    description: str = ""

    def score(self, vector: Vector) -> float:
        """How much the vector is like the examples: the log-odds."""
        product: float = sum(map(mul, self.plane.weights, vector))
        return product + self.plane.bias

    def find_nearest(self, vector: Vector) -> KnownExample | None:
        """The example that is most like the vector, if it has any."""
        return max(self.examples, key=lambda each: each.similarity(vector), default=None)


@dataclass(frozen=True, slots=True)
class TrainedPack:
    """The heads of one pack by meaning, for vectors of `model` alone.

    `trained_on` is a digest of the examples, `news` the number of reports of news that the heads
    know; `notes` are on those that are off.
    """

    model: str
    trained_on: str
    heads: Mapping[str, MeaningHead]
    news: int = 0
    notes: tuple[str, ...] = ()
