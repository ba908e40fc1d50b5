"""The file of routes, as operators write it; every scalar is text."""

from collections.abc import Callable
from datetime import UTC, timedelta, tzinfo
from itertools import chain
from typing import Annotated, Any, Self

from pydantic import Field, PlainValidator, field_validator, model_validator

from schemas.model import Document
from schemas.time_span import NonZeroSpan
from services.notifier.domain.routing.duration_syntax import parse_duration, parse_interval
from services.notifier.domain.routing.grouping import EACH_ALERT, DigestSchedule
from services.notifier.domain.routing.interval_syntax import (
    parse_clock,
    parse_days,
    parse_location,
    parse_months,
    parse_weekdays,
    parse_years,
)
from services.notifier.domain.routing.labels import refuse_label, refuse_matcher
from services.notifier.domain.routing.matchers import LabelMatcher, parse_matchers
from services.notifier.domain.routing.schedule import DAY_MINUTES, DayRange, Range, TimeInterval


def _read(parse: Callable[[str], Any]) -> PlainValidator:
    def validate(written: Any) -> Any:
        if not isinstance(written, str):
            raise ValueError("must be a text")  # noqa: TRY004  (pydantic takes ValueError)
        return parse(written)

    return PlainValidator(validate)


def _parse_flag(written: str) -> bool:
    if written not in ("true", "false"):
        raise ValueError(f"{written!r} is neither true nor false")
    return written == "true"


def _require_label(name: str) -> str:
    refuse_label(name)
    return name


def _parse_known_matchers(written: str) -> tuple[LabelMatcher, ...]:
    matchers = parse_matchers(written)
    for matcher in matchers:
        refuse_matcher(matcher)
    return matchers


def _parse_group_label(written: str) -> str:
    return written if written == EACH_ALERT else _require_label(written)


MatchersLine = Annotated[tuple[LabelMatcher, ...], _read(_parse_known_matchers)]
LabelName = Annotated[str, _read(_require_label)]


class TimesDocument(Document):
    """A span of the day, without its end."""

    start_time: Annotated[int, _read(parse_clock)]
    end_time: Annotated[int, _read(parse_clock)]

    @model_validator(mode="after")
    def _is_ordered(self) -> Self:
        if self.start_time >= self.end_time:
            raise ValueError("ends before it begins: write one to 24:00, one from 00:00")
        return self


class IntervalDocument(Document):
    """One time interval."""

    times: tuple[TimesDocument, ...] = ()
    weekdays: tuple[Annotated[Range, _read(parse_weekdays)], ...] = ()
    days_of_month: tuple[Annotated[DayRange, _read(parse_days)], ...] = ()
    months: tuple[Annotated[Range, _read(parse_months)], ...] = ()
    years: tuple[Annotated[Range, _read(parse_years)], ...] = ()
    location: Annotated[tzinfo, _read(parse_location)] = UTC

    def build(self) -> TimeInterval:
        """The interval."""
        return TimeInterval(
            times=tuple(Range(span.start_time, span.end_time - 1) for span in self.times),
            weekdays=self.weekdays,
            days_of_month=self.days_of_month,
            months=self.months,
            years=self.years,
            location=self.location,
        )


class NamedIntervals(Document):
    """Time intervals under the name by which routes use them."""

    name: Annotated[str, Field(min_length=1)]
    time_intervals: tuple[IntervalDocument, ...]


class DigestDocument(Document):
    """When a digest is sent."""

    at: Annotated[int, _read(parse_clock)]
    weekdays: tuple[Annotated[Range, _read(parse_weekdays)], ...] = ()
    location: Annotated[tzinfo, _read(parse_location)] = UTC

    @field_validator("at")
    @classmethod
    def _is_within_the_day(cls, minute: int) -> int:
        if minute == DAY_MINUTES:
            raise ValueError("24:00 is no time of a digest: write 00:00")
        return minute

    def build(self) -> DigestSchedule:
        """The schedule."""
        return DigestSchedule(self.at, self.weekdays, self.location)


class InhibitDocument(Document):
    """A rule of inhibition."""

    source_matchers: Annotated[tuple[MatchersLine, ...], Field(min_length=1)]
    target_matchers: Annotated[tuple[MatchersLine, ...], Field(min_length=1)]
    equal: tuple[LabelName, ...] = ()


class EscalationStepDocument(Document):
    """A receiver that gets what nobody has acknowledged for so long."""

    after: Annotated[timedelta, _read(parse_interval)]
    receiver: str


class EscalationDocument(Document):
    """A policy of escalation."""

    matchers: Annotated[tuple[MatchersLine, ...], Field(min_length=1)]
    steps: Annotated[tuple[EscalationStepDocument, ...], Field(min_length=1)]


class RouteDocument(Document):
    """A route; what it leaves out it has from the route above.

    But for `matchers`, `continue`, time intervals and `digest`, which are its own.
    """

    receiver: str | None = None
    matchers: tuple[MatchersLine, ...] = ()
    goes_on: Annotated[bool, _read(_parse_flag), Field(alias="continue")] = False
    max_age: NonZeroSpan | None = None
    group_by: tuple[Annotated[str, _read(_parse_group_label)], ...] | None = None
    group_wait: Annotated[timedelta, _read(parse_duration)] | None = None
    group_interval: Annotated[timedelta, _read(parse_interval)] | None = None
    repeat_interval: Annotated[timedelta, _read(parse_interval)] | None = None
    digest: DigestDocument | None = None
    mute_time_intervals: tuple[str, ...] = ()
    active_time_intervals: tuple[str, ...] = ()
    routes: tuple["RouteDocument", ...] = ()

    @field_validator("group_by")
    @classmethod
    def _is_all_or_names(cls, names: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if names and EACH_ALERT in names and len(names) > 1:
            raise ValueError("'...' is every label: write no other beside it")
        if names and len(set(names)) < len(names):
            raise ValueError("names a label twice")
        return names

    @property
    def all_matchers(self) -> tuple[LabelMatcher, ...]:
        """The matchers of all lines."""
        return tuple(chain.from_iterable(self.matchers))


class RoutesDocument(Document):
    """The whole file."""

    route: RouteDocument
    inhibit_rules: tuple[InhibitDocument, ...] = ()
    escalations: tuple[EscalationDocument, ...] = ()
    time_intervals: tuple[NamedIntervals, ...] = ()
