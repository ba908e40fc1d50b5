"""Tick: the time of one events partition, sent through the topics so that it cannot overtake."""

from typing import Annotated

from pydantic import Field

from schemas.bundle import NO_BUNDLE
from schemas.model import Instant, Model


class Tick(Model):
    """Everything before this in events partition `partition` of `partitions` is processed.

    In the signals topic it repeats up to which bundle the past of that partition is backfilled.
    """

    time: Instant
    partition: Annotated[int, Field(ge=0)]
    partitions: Annotated[int, Field(ge=1)]
    backfilled: int = NO_BUNDLE
