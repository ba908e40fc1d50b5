"""Timelines that measure a pack: reports in time, and what its windows must make of them."""

from typing import Self

from pydantic import model_validator

from schemas.model import Document, Name
from schemas.rule import ExpectedAlert, RuleName, TestEvent


class Timeline(Document):
    """Reports with relative times; alerts that must follow, and rules that must not alert."""

    name: Name
    events: tuple[TestEvent, ...]
    fires: tuple[ExpectedAlert, ...] = ()
    silent: tuple[RuleName, ...] = ()

    @model_validator(mode="after")
    def _require_an_expectation(self) -> Self:
        if not self.fires and not self.silent:
            raise ValueError("needs fires or silent")
        return self


class TimelineFile(Document):
    """Timelines of the pack of this name."""

    pack: Name
    timelines: tuple[Timeline, ...]
