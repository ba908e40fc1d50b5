"""The bands of a report: reports with much in common share one with near certainty."""

from hashlib import blake2b
from itertools import pairwise
from struct import Struct

from rensa import RMinHash

from services.ingest.domain.stories.lead import LEAST_OPENING, Lead
from services.ingest.domain.stories.report import ReportContent

BANDS = 24
ROWS = 3
SEED = 42
"""The same in every process: bands are stored."""
BAND_SIZE = 4 * ROWS
_DIGEST = Struct(f"<{BANDS * ROWS}I")


def list_shingles(lead: Lead) -> frozenset[str]:
    """The pairs of neighbouring words; of a single word itself."""
    return frozenset([f"{word} {after}" for word, after in pairwise(lead)]) or frozenset(lead)


def find_bands(content: ReportContent) -> tuple[bytes, ...]:
    """MinHash bands of the lead and one of its opening, each BAND_SIZE bytes; none without words.

    Of two leads with a share J of their shingles in common, 1 - (1 - J³)²⁴ share a band. All that
    open like one another share the last.
    """
    if not content.lead:
        return ()
    signature = RMinHash(BANDS * ROWS, SEED)
    signature.update(list_shingles(content.lead))
    digest = _DIGEST.pack(*signature.digest()) + _hash_opening(content.opening)
    return tuple(digest[start : start + BAND_SIZE] for start in range(0, len(digest), BAND_SIZE))


def _hash_opening(opening: Lead) -> bytes:
    """A band of its last words, which no dateline changes; nothing of no opening."""
    words = " ".join(opening[-LEAST_OPENING:])
    return blake2b(words.encode(), digest_size=BAND_SIZE).digest() if opening else b""
