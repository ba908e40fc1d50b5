"""Tick: the time of one events partition, sent through the topics so that it cannot overtake."""

from typing import Annotated

from pydantic import Field

from schemas.bundle import NO_BUNDLE
from schemas.model import Instant, Model


class Tick(Model):
    """Everything that stood before this in events partition `partition` of `partitions` is done.

    On its way to the windows it says again up to which bundle the partition's past is rebuilt.
    """

    time: Instant
    partition: Annotated[int, Field(ge=0)]
    partitions: Annotated[int, Field(ge=1)]
    rebuilt: int = NO_BUNDLE
