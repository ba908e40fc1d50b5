"""What the reader needs from outside: a sentence model, and who fits heads to examples."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

Vector = Sequence[float]
"""A text as a sentence model places it: texts of like meaning are close."""


class SentenceModel(Protocol):
    """Turns texts to vectors; the same text to the same vector, whatever stands beside it."""

    @property
    def name(self) -> str:
        """The model with its version: heads of one model mean nothing to another."""
        ...

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        """The vector of each text. Blocks on the processor, some 30 ms a sentence."""
        ...


@dataclass(frozen=True, slots=True)
class Plane:
    """Where a head divides vectors: the score of one is `weights` · vector + `bias`."""

    weights: Vector
    bias: float


class HeadFitter(Protocol):
    """Fits one plane to each column of labels. Deterministic; blocks on the processor."""

    def __call__(
        self, vectors: Sequence[Vector], labels: Sequence[Sequence[bool | None]]
    ) -> list[Plane]:
        """A plane for each label; None in a row: the row says nothing about that label."""
        ...


@dataclass(frozen=True, slots=True)
class MeaningQuestion:
    """Whether `text` means what `description` says, and what `examples` mean."""

    description: str
    examples: tuple[str, ...]
    text: str


class MeaningJudge(Protocol):
    """Somebody who is asked where a head is not sure: a language model."""

    def judge(self, question: MeaningQuestion) -> bool | None:
        """The answer; None if there is none. Blocks for seconds, never raises."""
        ...
