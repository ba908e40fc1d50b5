"""The trained heads of a pack, as a file beside it and the bundle have them."""

from typing import Annotated

from pydantic import Field

from schemas.alert import LONGEST_TITLE
from schemas.model import Count, Model, Name

EncodedVector = str
"""Numbers of 32 or 8 bits in base64; see `services/matcher/domain/reader/stored_heads.py`."""


class HeadExample(Model):
    """A labelled example that a suspicion may name as the nearest; `vector` has 8-bit numbers."""

    text: Annotated[str, Field(max_length=LONGEST_TITLE)]
    id: Annotated[str, Field(max_length=LONGEST_TITLE)] = ""
    vector: EncodedVector


class StoredHead(Model):
    """One meaning; `weights` has 32-bit numbers.

    It is suspected of a vector whose score, `weights` · vector + `bias`, reaches `threshold`.
    `positives` is the number of examples that it was trained on; `description` says what it means.
    """

    threshold: float
    bias: float
    positives: Count
    weights: EncodedVector
    examples: tuple[HeadExample, ...] = ()
    description: str = ""


class PackHeads(Model):
    """The heads of one pack by meaning, which read vectors of `model` alone.

    `trained_on` is a digest of the examples and of how sure a suspicion must be. `news` is the
    number of news reports that the heads know, of which they suspect few.
    """

    model: Name
    trained_on: Name
    news: Count = 0
    heads: dict[str, StoredHead]
