"""Heads: what a sentence model's vectors say of each meaning, trained for that model alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from operator import mul

from services.matcher.domain.reader.ports import Plane, Vector

HeadKey = tuple[str, str]
"""Pack and the key of a meaning."""


@dataclass(frozen=True, slots=True)
class MeaningHead:
    """One meaning: it is suspected of a vector whose score reaches `threshold`.

    `positives` is the number of examples that it was trained on.
    """

    plane: Plane
    threshold: float
    positives: int

    def score(self, vector: Vector) -> float:
        """How much the vector is like the examples: the log-odds."""
        product: float = sum(map(mul, self.plane.weights, vector))
        return product + self.plane.bias


@dataclass(frozen=True, slots=True)
class TrainedHeads:
    """The heads of all packs, and the model whose vectors they read; `notes` on those left out."""

    model: str
    heads: Mapping[HeadKey, MeaningHead]
    notes: tuple[str, ...] = ()
