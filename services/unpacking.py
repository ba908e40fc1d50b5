"""A bound on what a compressed batch of records unpacks to.

A megabyte may unpack to a thousand. Such a batch is read as one record, which has no value and the
reason in the header REFUSED: its reader makes a dead letter of it, as of any other.
"""

import gzip
import io
import struct
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, Protocol

import lz4.frame  # type: ignore[import-untyped]
import snappy  # type: ignore[import-untyped]
import zstandard

from schemas.envelope import REFUSED

MOST_UNPACKED = 32 * 1024 * 1024
"""Bytes: 32 times what a broker takes in one batch by default."""
_XERIAL = b"\x82SNAPPY\x00"
_XERIAL_HEADER = 16


class BatchTooLarge(Exception):
    """The batch unpacks to more than MOST_UNPACKED bytes."""

    def __init__(self) -> None:
        super().__init__(f"too_large: a batch of more than {MOST_UNPACKED} bytes unpacked")

    @property
    def headers(self) -> list[tuple[str, bytes]]:
        """The headers of the record that replaces the batch."""
        return [(REFUSED, str(self).encode())]


class _Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


def bound_batches(*clients: ModuleType) -> None:
    """Have the consumers of these modules of a client refuse to unpack more."""
    for client in clients:
        for name, decode in DECODERS.items():
            setattr(client, f"{name}_decode", decode)


def decode_snappy(payload: Any) -> bytes:
    """As `snappy_decode` of the clients; each block begins with its size unpacked."""
    raw = bytes(payload)
    blocks = list(_split_xerial(raw)) if raw.startswith(_XERIAL) else [raw]
    if sum(map(_read_size, blocks)) > MOST_UNPACKED:
        raise BatchTooLarge
    return b"".join(map(snappy.decompress, blocks))


def _split_xerial(raw: bytes) -> list[bytes]:
    blocks, start = [], _XERIAL_HEADER
    while start < len(raw):
        (size,) = struct.unpack_from("!i", raw, start)
        if size <= 0:
            raise ValueError("a block of snappy without a size")
        blocks.append(raw[start + 4 : start + 4 + size])
        start += 4 + size
    return blocks


def _read_size(block: bytes) -> int:
    size = 0
    for index, byte in enumerate(block[:5]):
        size |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:  # noqa: PLR2004  (a varint: the high bit says that more follow)
            break
    return size


def _read_bounded(open_stream: Callable[[io.BytesIO], _Stream]) -> Callable[[Any], bytes]:
    def decode(payload: Any) -> bytes:
        unpacked = open_stream(io.BytesIO(payload)).read(MOST_UNPACKED + 1)
        if len(unpacked) > MOST_UNPACKED:
            raise BatchTooLarge
        return unpacked

    return decode


def _open_zstd(packed: io.BytesIO) -> _Stream:
    return zstandard.ZstdDecompressor().stream_reader(packed, read_across_frames=True)


DECODERS: Mapping[str, Callable[[Any], bytes]] = {
    "gzip": _read_bounded(lambda packed: gzip.GzipFile(fileobj=packed)),
    "snappy": decode_snappy,
    "lz4": _read_bounded(lz4.frame.LZ4FrameFile),
    "zstd": _read_bounded(_open_zstd),
}
"""By name, in the order of Kafka's numbers."""
