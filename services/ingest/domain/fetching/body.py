"""The body of an answer, unpacked as it comes, within its bounds."""

import zlib
from dataclasses import dataclass, field
from typing import Any

from services.ingest.domain.fetching.failure import FailureReason, FetchFailed

GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS
GZIP_MAGIC = b"\x1f\x8b"
ACCEPTED_ENCODINGS = "gzip, deflate"


@dataclass(slots=True)
class BodyAssembler:
    """Takes the bytes of an answer in turn; `most` bounds what they unpack to, and themselves."""

    encoding: str
    most: int
    _body: bytearray = field(default_factory=bytearray)
    _packed: int = 0
    _inflater: Any = None

    def __post_init__(self) -> None:
        """Refuses what cannot be unpacked.

        Raises:
            FetchFailed: the encoding was not asked for.
        """
        encoding = self.encoding.strip().lower() or "identity"
        if encoding in ("gzip", "x-gzip", "deflate"):
            self._inflater = zlib.decompressobj(GZIP_OR_ZLIB)
        elif encoding != "identity":
            message = f"content-encoding {encoding[:80]!r}: {ACCEPTED_ENCODINGS} were asked for"
            raise FetchFailed(FailureReason.ENCODING, message)

    def add(self, chunk: bytes) -> None:
        """Take the next bytes.

        Raises:
            FetchFailed: too many, or they cannot be unpacked.
        """
        self._packed += len(chunk)
        self._body += chunk if self._inflater is None else self._inflate(chunk)
        if max(self._packed, len(self._body)) > self.most:
            raise FetchFailed(FailureReason.TOO_LARGE, f"more than {self.most} bytes")

    def finish(self) -> bytes:
        """The whole body.

        Raises:
            FetchFailed: its end is missing.
        """
        if self._inflater is not None and self._packed and not self._inflater.eof:
            raise FetchFailed(FailureReason.ENCODING, "a packed body ended early")
        return bytes(self._body)

    def _inflate(self, chunk: bytes) -> bytes:
        is_first = self._packed == len(chunk)
        try:
            return self._inflate_members(chunk)
        except zlib.error as error:
            if not is_first or self._body:
                raise FetchFailed(FailureReason.ENCODING, f"a packed body: {error}") from None
        # some servers send `deflate` without the header of zlib
        self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            return self._inflate_members(chunk)
        except zlib.error as error:
            raise FetchFailed(FailureReason.ENCODING, f"a packed body: {error}") from None

    def _inflate_members(self, chunk: bytes) -> bytes:
        """What the bytes unpack to, over the ends of gzip members; a byte more than allowed."""
        unpacked = bytearray()
        while chunk:
            room = self.most + 1 - len(self._body) - len(unpacked)
            if room <= 0:
                break
            unpacked += self._inflater.decompress(chunk, room)
            chunk = self._inflater.unused_data
            if not chunk.startswith(GZIP_MAGIC):
                break
            self._inflater = zlib.decompressobj(GZIP_OR_ZLIB)
        return bytes(unpacked)
