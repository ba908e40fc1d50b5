"""A sentence model from a folder: `model.onnx` and `tokenizer.json`, as most are published."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from onnxruntime import InferenceSession, SessionOptions
from tokenizers import Tokenizer

from services.matcher.domain.reader.ports import Vector

MODEL, TOKENIZER = "model.onnx", "tokenizer.json"
LONGEST = 512
"""Tokens that are read of a text: what models of this kind are trained for."""
_TOKENS_AND_WIDTH = 3
_DIGITS = 12


class OnnxModel:
    """A SentenceModel on `threads` of the processor.

    The vector of a text is the model's own if it gives one for each text, else the mean over its
    tokens; its length is 1.
    """

    def __init__(self, folder: Path, threads: int) -> None:
        options = SessionOptions()
        options.intra_op_num_threads = threads
        file = folder / MODEL
        self._name = f"onnx-{_hash_file(file)}"
        self._session = InferenceSession(file, options, providers=["CPUExecutionProvider"])
        self._inputs = frozenset(each.name for each in self._session.get_inputs())
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(LONGEST)

    @property
    def name(self) -> str:
        """A hash of the model's file."""
        return self._name

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        """As the port says; one by one, since padding would cost more than it saves."""
        return [self._embed(text) for text in texts]

    def _embed(self, text: str) -> Vector:
        ids = np.array([self._tokenizer.encode(text).ids], dtype=np.int64)
        given = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        }
        asked = {name: value for name, value in given.items() if name in self._inputs}
        output = np.asarray(self._session.run(None, asked)[0], dtype=np.float64)
        mean = output[0].mean(axis=0) if output.ndim == _TOKENS_AND_WIDTH else output[0]
        vector: list[float] = (mean / (np.linalg.norm(mean) or 1.0)).tolist()
        return vector


def _hash_file(file: Path) -> str:
    with file.open("rb") as raw:
        return hashlib.file_digest(raw, "sha256").hexdigest()[:_DIGITS]
