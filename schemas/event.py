"""Event: one report."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    Field,
    StringConstraints,
    model_validator,
)

from schemas.model import KIB, LONGEST_LIST, Matches, Model, Name, Text, WrittenTime, utc

LARGEST_EVENT = 256 * KIB
LARGEST_BATCH = 512 * KIB
LARGEST_REQUEST = 1024 * KIB
OF_ANOTHER_SOURCE = "a report of another source: only that source corrects it"
FIRST_YEAR = 1000
LAST_YEAR = 9000
FURTHEST_AHEAD = timedelta(minutes=5)

_MAPPINGS = ("quantities", "attributes")
Names = Annotated[tuple[Name, ...], Field(max_length=LONGEST_LIST)]
Reliability = Literal["A", "B", "C", "D", "E", "F"]


def _reportable(time: datetime) -> datetime:
    time = utc(time)
    # windows reach centuries to both sides of an event, and must stay within the years of datetime
    if not FIRST_YEAR <= time.year <= LAST_YEAR:
        raise ValueError(f"outside the years {FIRST_YEAR} to {LAST_YEAR}")
    return time


EventTime = Annotated[AwareDatetime, WrittenTime(), AfterValidator(_reportable)]
Source = Annotated[Name, Matches(r"^\S*$", "white_space", "a source has no white space")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
# the first error only: all of them would be 256 times 256
AttributeValue = Text | Annotated[tuple[Text, ...], Field(max_length=LONGEST_LIST, fail_fast=True)]


class Event(Model):
    """One report; (`source`, `id`) is its identity everywhere.

    Times are aware UTC. A value past its bound is an error that names the field; nothing is cut.
    """

    id: Name
    source: Source
    source_owner: Name | None = None
    reliability: Reliability | None = None
    credibility: Annotated[int, Field(ge=1, le=6)] | None = None
    occurred_at: EventTime
    occurred_until: EventTime | None = None
    published_at: EventTime | None = None
    recorded_at: EventTime | None = None
    type: Name | None = None
    title: Text | None = None
    text: Text | None = None
    language: Name | None = None
    url: Name | None = None
    actors: Names = ()
    targets: Names = ()
    country: Country | None = None
    admin1: Name | None = None
    place: Name | None = None
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None
    quantities: dict[Name, float] = Field(default_factory=dict, max_length=LONGEST_LIST)
    attributes: dict[Name, AttributeValue] = Field(default_factory=dict, max_length=LONGEST_LIST)
    story: Name | None = None
    supersedes: Name | None = None
    retracts: Name | None = None
    exercise: bool = False

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if not (self.title or self.text or self.retracts):
            raise ValueError("title or text: one of the two is required")
        if self.occurred_until is not None and self.occurred_until < self.occurred_at:
            raise ValueError("occurred_until: before occurred_at")
        if self.recorded_at is not None and self.occurred_at - self.recorded_at > FURTHEST_AHEAD:
            raise ValueError("occurred_at: more than 5 minutes ahead of recorded_at")
        if self.corrected_id is not None:
            self._check_correction()
        return self

    def _check_correction(self) -> None:
        if self.supersedes is not None and self.retracts is not None:
            raise ValueError("retracts: a report that supersedes another cannot retract one too")
        if self.corrected_id == self.id:
            field = "supersedes" if self.retracts is None else "retracts"
            raise ValueError(f"{field}: its own id; name that of the report that it corrects")

    @property
    def identity(self) -> str:
        """`source`, a space and `id`: unique, since a source has no space."""
        return name_event(self.source, self.id)

    @property
    def cluster(self) -> str:
        """The story; the identity of the event where nothing clustered it."""
        return self.story or self.identity

    @property
    def corrected_id(self) -> str | None:
        """The id of the event, of the same source, that this one corrects or withdraws."""
        return self.supersedes or self.retracts

    @property
    def learned_at(self) -> datetime:
        """When it was recorded; when it happened, where that is not known."""
        return self.recorded_at or self.occurred_at

    @property
    def key(self) -> bytes:
        """The Kafka key: `source` and the root id, so that a correction has that of its target."""
        return name_event(self.source, self.corrected_id or self.id).encode()


def name_event(source: str, id_: str) -> str:
    """The identity of the event of that source and id."""
    return f"{source} {id_}"


def drop_nulls(body: Mapping[str, Any]) -> dict[str, Any]:
    """The body without fields, quantities and attributes that are null: as good as absent."""
    given = {name: value for name, value in body.items() if value is not None}
    for name in _MAPPINGS:
        if name in given:
            given[name] = _drop_members(given[name])
            if given[name] is None:
                del given[name]
    return given


def _drop_members(value: Any) -> Any:
    """Without members that are null; None where no other is left."""
    if not isinstance(value, dict) or None not in value.values():
        return value
    return {key: member for key, member in value.items() if member is not None} or None


def hash_content(body: Mapping[str, Any]) -> str:
    """The id of a report without one: a hash of its content."""
    canonical = json.dumps(body, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()[:32]


def choose_recorded_at(body: Mapping[str, Any], now: datetime) -> Any:
    """`recorded_at` on the recorded clock: the given one, else the event's time, else `now`.

    A malformed value is returned as it is, for validation to refuse.
    """
    given = (body.get(name) for name in ("recorded_at", "occurred_at", "published_at"))
    return next((time for time in given if time is not None), now)


def complete_report(body: Mapping[str, Any], recorded_at: Any) -> dict[str, Any]:
    """`body` with `id`, `occurred_at` and `recorded_at`, which a reporter may leave out.

    Does not validate: `Event.model_validate` does, on the result.
    """
    full = dict(body)
    if "id" not in full:
        full["id"] = hash_content(body)
    full["recorded_at"] = recorded_at
    if full.get("occurred_at") is None:
        full["occurred_at"] = full.get("published_at") or recorded_at
    return full
