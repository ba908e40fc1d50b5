"""The bands of a lead: leads with much in common share one with near certainty."""

from itertools import pairwise
from struct import Struct

from rensa import RMinHash

from services.ingest.domain.stories.lead import Lead

BANDS = 24
ROWS = 3
SEED = 42
"""The same in every process: bands are stored."""
BAND_SIZE = 4 * ROWS
_DIGEST = Struct(f"<{BANDS * ROWS}I")


def list_shingles(lead: Lead) -> frozenset[str]:
    """The pairs of neighbouring words; of a single word itself."""
    return frozenset([f"{word} {after}" for word, after in pairwise(lead)]) or frozenset(lead)


def find_bands(lead: Lead) -> tuple[bytes, ...]:
    """MinHash bands of its shingles, each BAND_SIZE bytes; none without words.

    Of two leads with a share J of their shingles in common, 1 - (1 - J³)²⁴ share a band.
    """
    if not lead:
        return ()
    signature = RMinHash(BANDS * ROWS, SEED)
    signature.update(list_shingles(lead))
    digest = _DIGEST.pack(*signature.digest())
    return tuple(digest[start : start + BAND_SIZE] for start in range(0, len(digest), BAND_SIZE))
