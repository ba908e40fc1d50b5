"""Tick: the time of one events partition, sent through the topics so that it cannot overtake."""

from typing import Annotated

from pydantic import Field

from schemas.model import Instant, Model


class Tick(Model):
    """Everything that stood before this in events partition `partition` of `partitions` is done."""

    time: Instant
    partition: Annotated[int, Field(ge=0)]
    partitions: Annotated[int, Field(ge=1)]
