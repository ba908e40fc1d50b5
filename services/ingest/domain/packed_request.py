"""Requests whose body is compressed: unpacked within the bound of a request."""

from collections.abc import Mapping

from schemas.event import LARGEST_REQUEST
from services.ingest.domain.fetching.body import BodyAssembler
from services.ingest.domain.fetching.failure import FailureReason, FetchFailed

TAKEN = ("gzip", "x-gzip", "deflate", "identity")
STEP = 4096
"""Bytes unpacked at once: what is left behind a member of gzip is copied, once for each."""


class UnsupportedEncoding(ValueError):
    """The body is compressed in another way; the message names those that are taken."""


class PackedTooLarge(ValueError):
    """The body unpacks to more than a request may have."""


class InvalidPacked(ValueError):
    """The body cannot be unpacked; the message says why."""


def read_encoding(headers: Mapping[str, str]) -> str:
    """The content-encoding that `headers` (names in lower case) announce.

    Raises:
        UnsupportedEncoding: it is none that is taken, or several.
    """
    encoding = headers.get("content-encoding", "identity").strip().lower() or "identity"
    if encoding not in TAKEN:
        raise UnsupportedEncoding(f"content-encoding {encoding[:80]!r}: send gzip, deflate or none")
    return encoding


def unpack(body: bytes, encoding: str) -> bytes:
    """The body as it was before it was compressed. Takes time linear in its size and the bound.

    Raises:
        PackedTooLarge: what it unpacks to passes the bound; the rest is not unpacked.
        InvalidPacked: it is damaged, or ends early.
    """
    if encoding == "identity":
        return body
    assembler = BodyAssembler(encoding, LARGEST_REQUEST)
    try:
        for start in range(0, len(body), STEP):
            assembler.add(body[start : start + STEP])
        return assembler.finish()
    except FetchFailed as failure:
        if failure.reason is FailureReason.TOO_LARGE:
            message = f"more than {LARGEST_REQUEST} bytes when it is unpacked"
            raise PackedTooLarge(message) from None
        raise InvalidPacked(f"content-encoding {encoding}: {failure}") from None
