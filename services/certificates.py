"""When certificates expire that a service presents or trusts, as a metric.

The standard library shows it of connections and authorities alone, so the date is read here from
its place in the encoding (RFC 5280, section 4.1).
"""

import math
import re
import ssl
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from prometheus_client import Gauge

EXPIRY = Gauge(
    "vedette_certificate_expiry_timestamp_seconds",
    "When the first certificate of a file expires, in seconds since 1970; NaN: it is unreadable. "
    "Files: those that Kafka and Redis are trusted by, and those that they are shown.",
    ["file"],
)
PEM = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
VERSION = 0xA0
FORMATS = {0x17: "%y%m%d%H%M%SZ", 0x18: "%Y%m%d%H%M%SZ"}
LONG = 0x80


def show_expiry(files: Iterable[Path]) -> None:
    """Show the files from now on; each scrape reads them, since certificates are renewed."""
    for path in files:
        EXPIRY.labels(str(path)).set_function(partial(_read_or_nan, path))


def read_expiry(path: Path) -> datetime:
    """When the first of the certificates in a PEM file expires.

    Raises ValueError and OSError.
    """
    blocks = PEM.findall(path.read_text(encoding="ascii"))
    if not blocks:
        raise ValueError("holds no certificate in PEM format")
    return min(_find_end(ssl.PEM_cert_to_DER_cert(block)) for block in blocks)


def _read_or_nan(path: Path) -> float:
    try:
        return read_expiry(path).timestamp()
    except (ValueError, OSError, LookupError):
        return math.nan


def _find_end(certificate: bytes) -> datetime:
    [(_, whole)] = _split(certificate)
    _, signed = next(_split(whole))
    fields = [content for tag, content in _split(signed) if tag != VERSION]
    # serial number, algorithm, issuer, validity
    _, (tag, end) = _split(fields[3])
    return datetime.strptime(end.decode(), FORMATS[tag]).replace(tzinfo=UTC)


def _split(encoded: bytes) -> Iterator[tuple[int, bytes]]:
    """The tag and the content of each element."""
    at = 0
    while at < len(encoded):
        tag, size, at = encoded[at], encoded[at + 1], at + 2
        if size >= LONG:
            digits = size - LONG
            size, at = int.from_bytes(encoded[at : at + digits]), at + digits
        yield tag, encoded[at : at + size]
        at += size
