"""Silence: which alerts are not notified for a time, by whom, and why."""

from typing import Annotated

from pydantic import Field

from schemas.model import Count, Instant, Model, Name

MOST_MATCHERS = 16
LONGEST_REASON = 500


class Silence(Model):
    """Alerts that meet every matcher are not notified from `starts_at` to before `ends_at`.

    `matchers` are written as Alertmanager's. `owner` made it, `amended_by` changed it last,
    `approved_by` agreed that it hides critical alerts for long, `ended_by` ended it early.
    `serial` counts changes: the highest is the newest.
    """

    id: Name
    serial: Count
    matchers: Annotated[tuple[str, ...], Field(min_length=1, max_length=MOST_MATCHERS)]
    owner: Name
    reason: Annotated[str, Field(max_length=LONGEST_REASON)]
    created_at: Instant
    starts_at: Instant
    ends_at: Instant
    amended_by: Name | None = None
    approved_by: Name | None = None
    ended_by: Name | None = None

    @property
    def needed_until(self) -> Instant:
        """When it has no effect any more."""
        return self.ends_at
