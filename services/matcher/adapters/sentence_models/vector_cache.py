"""Keeps the vectors of texts in a file, so that unchanged examples are read once."""

import hashlib
import os
from collections.abc import Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path

import numpy as np

from services.matcher.domain.reader.ports import SentenceModel, Vector

CHUNK = 256
"""Texts between two writes: an interrupted training goes on from there."""
_BYTES = 16


class CachedModel:
    """A SentenceModel that keeps what another one gives, in one file for each model.

    The file is only a copy: one that cannot be read is read anew, one that cannot be written is
    left out.
    """

    def __init__(self, model: SentenceModel, folder: Path) -> None:
        self._model = model
        self._file = folder / f"{model.name}.npz"
        self._vectors: dict[bytes, Vector] = _read(self._file)

    @property
    def name(self) -> str:
        """That of the model whose vectors it keeps."""
        return self._model.name

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        """As the port says; asks the model only for texts that the file has not."""
        keys = [_key(text) for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._vectors}
        waiting = iter(new.items())
        while some := dict(islice(waiting, CHUNK)):
            vectors = self._model.embed(list(some.values()))
            self._vectors.update(zip(some, vectors, strict=True))
            self._write()
        return [self._vectors[key] for key in keys]

    def _write(self) -> None:
        keys = np.array([list(key) for key in self._vectors], dtype=np.uint8)
        new = self._file.with_suffix(f".{os.getpid()}.npz")
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            np.savez(new, keys=keys, vectors=np.array(list(self._vectors.values())))
            new.replace(self._file)


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()[:_BYTES]


def _read(file: Path) -> dict[bytes, Vector]:
    try:
        with np.load(file, allow_pickle=False) as kept:
            keys, vectors = kept["keys"], kept["vectors"]
    except (OSError, ValueError, KeyError, EOFError):
        return {}
    return {bytes(key.tolist()): row.tolist() for key, row in zip(keys, vectors, strict=True)}
