"""Verdict: what a person says of an alert that is suspected."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from schemas.alert import LONGEST_FIELD, window_key
from schemas.model import Instant, Model, Name


class Judgement(StrEnum):
    """`useful` confirms an alert; `noise` withdraws it, unless words found it."""

    USEFUL = "useful"
    NOISE = "noise"


class Verdict(Model):
    """The judgement of the person `by`, given at `at`, on the alert of that id.

    It changes only an alert that words did not find. `pack`, `rule`, `group` and `exercise` are
    those of the alert.
    """

    pack: str
    rule: str
    group: dict[str, str] = Field(default_factory=dict)
    exercise: bool = False
    alert: Name
    judgement: Judgement
    by: Name
    at: Instant
    comment: Annotated[str, Field(max_length=LONGEST_FIELD)] = ""

    @property
    def key(self) -> bytes:
        """The Kafka key: the key of the window."""
        return window_key(self.pack, self.rule, self.group, exercise=self.exercise)
