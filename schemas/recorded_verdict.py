"""RecordedVerdict: what a person thinks of an alert, as the notifier keeps it."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from schemas.alert import LONGEST_FIELD
from schemas.model import Count, Instant, Model, Name


class Opinion(StrEnum):
    """`useful`: worth the call; `noise`: a false alarm; `known`: right, and no news."""

    USEFUL = "useful"
    NOISE = "noise"
    KNOWN = "known"


class RecordedVerdict(Model):
    """The newest opinion on the alert `alert`, and by whom.

    `serial` counts changes: the highest is the newest.
    """

    alert: Name
    fingerprint: Name
    serial: Count
    pack: str
    rule: str
    opinion: Opinion
    by: Name
    at: Instant
    comment: Annotated[str, Field(max_length=LONGEST_FIELD)] = ""

    @property
    def id(self) -> str:
        """The alert's: an alert has one verdict, the newest."""
        return self.alert

    @property
    def needed_until(self) -> Instant:
        """When it was given: it is kept like an alert that ended then."""
        return self.at
