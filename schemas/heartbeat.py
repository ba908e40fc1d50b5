"""Pulse: a source has spoken. What tells a silent source from one that has nothing to say."""

from typing import Annotated

from pydantic import Field

from schemas.alert import window_key
from schemas.duty import DUTY_PACK, SOURCE_SILENT
from schemas.event import Source
from schemas.model import Instant, Model, Name


class Heartbeat(Model):
    """A report of `source`, recorded at `at`, has come to events partition `partition`.

    Sent for some of a source's reports only, far less often than they come. `source` is the name
    that it is watched under, which may stand for all below it too; `event` the id of the report.
    """

    source: Source
    event: Name
    at: Instant
    partition: Annotated[int, Field(ge=0)]

    @property
    def key(self) -> bytes:
        """The Kafka key: all that is heard of one source comes to one place."""
        return window_key(DUTY_PACK, SOURCE_SILENT, {"source": self.source}, exercise=False)
