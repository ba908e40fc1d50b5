"""A sentence model in a folder, small enough to be written by hand: it counts known words."""

import json
import struct
from collections.abc import Sequence
from pathlib import Path

FLOAT, INT64 = 1, 7


def write_model(folder: Path, words: Sequence[str]) -> Path:
    """A folder with `model.onnx`, whose vector of a token has a 1 for its word, and a tokenizer."""
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = {"[UNK]": 0} | {word: number for number, word in enumerate(words, 1)}
    (folder / "model.onnx").write_bytes(_model(len(vocabulary)))
    (folder / "tokenizer.json").write_text(json.dumps(_tokenizer(vocabulary)), encoding="utf-8")
    return folder


def _tokenizer(vocabulary: dict[str, int]) -> dict[str, object]:
    return {
        "version": "1.0",
        "added_tokens": [],
        "normalizer": {"type": "Lowercase"},
        "pre_tokenizer": {"type": "Whitespace"},
        "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": "[UNK]"},
    }


def _model(size: int) -> bytes:
    """The model `Gather(table, input_ids)`, encoded by hand as ONNX has it."""
    row = [
        struct.pack(f"<{size}f", *(float(at == one and at > 0) for at in range(size)))
        for one in range(size)
    ]
    table = _number(1, size) + _number(1, size) + _number(2, FLOAT)
    table += _bytes(8, b"table") + _bytes(9, b"".join(row))
    node = _bytes(1, b"table") + _bytes(1, b"input_ids") + _bytes(2, b"vectors")
    node += _bytes(4, b"Gather")
    graph = _bytes(1, node) + _bytes(2, b"counting") + _bytes(5, table)
    graph += _bytes(11, _value(b"input_ids", INT64, [None, None]))
    graph += _bytes(12, _value(b"vectors", FLOAT, [None, None, size]))
    return _number(1, 8) + _bytes(7, graph) + _bytes(8, _number(2, 13))


def _value(name: bytes, kind: int, shape: Sequence[int | None]) -> bytes:
    sizes = b"".join(
        _bytes(1, _bytes(2, b"any%d" % at) if one is None else _number(1, one))
        for at, one in enumerate(shape)
    )
    return _bytes(1, name) + _bytes(2, _bytes(1, _number(1, kind) + _bytes(2, sizes)))


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    coded = b""
    while value > 0x7F:
        coded += bytes([value & 0x7F | 0x80])
        value >>= 7
    return coded + bytes([value])
