"""What the second reader learns from, as rules and packs say it."""

from typing import Annotated

from pydantic import Field

from schemas.model import Document, Name


class Examples(Document):
    """Texts that say what a rule is about, and texts that come near it and do not."""

    like: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()


class ReaderTraining(Document):
    """What the reader's heads learn from, and how sure they must be.

    `labelled` are files of labelled reports, relative to the pack. The threshold of a head is where
    the share `precision` of its firings on held-out examples is right, and higher where more than
    `false_firings` in 10,000 reports of news would fire, of all heads together.
    """

    labelled: tuple[Name, ...] = ()
    precision: Annotated[float, Field(gt=0, le=1)] = 0.75
    false_firings: Annotated[float, Field(ge=0, le=10_000)] = 3.0
