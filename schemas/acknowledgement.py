"""Acknowledgement: somebody has an alert in hand, for a time."""

from typing import Annotated

from pydantic import Field

from schemas.alert import LONGEST_FIELD, Level
from schemas.model import Count, Instant, Model, Name


class Acknowledgement(Model):
    """Of the alert `alert`, by `owner`, until `ends_at`; `ended_by` took it back before.

    It holds for what the owner saw: a higher level than `level`, or a hypothesis that is not among
    `hypotheses`, is news. `serial` counts changes: the highest is the newest.
    """

    alert: Name
    fingerprint: Name
    serial: Count
    owner: Name
    at: Instant
    ends_at: Instant
    level: Level
    hypotheses: tuple[str, ...] = ()
    comment: Annotated[str, Field(max_length=LONGEST_FIELD)] = ""
    ended_by: Name | None = None

    @property
    def id(self) -> str:
        """The alert's: an alert has one acknowledgement, the newest."""
        return self.alert

    @property
    def needed_until(self) -> Instant:
        """When it has no effect any more."""
        return self.ends_at
