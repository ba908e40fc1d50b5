"""The file of routes, as operators write it; every scalar is text."""

from collections.abc import Callable
from datetime import UTC, tzinfo
from itertools import chain
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, PlainValidator, model_validator

from schemas.model import Document
from schemas.time_span import TimeSpan, require_not_zero
from services.notifier.domain.routing.interval_syntax import (
    parse_clock,
    parse_days,
    parse_location,
    parse_months,
    parse_weekdays,
    parse_years,
)
from services.notifier.domain.routing.labels import NAMES, is_label
from services.notifier.domain.routing.matchers import LabelMatcher, parse_matchers
from services.notifier.domain.routing.schedule import DayRange, Range, TimeInterval


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


def _parse_known_matchers(written: str) -> tuple[LabelMatcher, ...]:
    matchers = parse_matchers(written)
    for matcher in matchers:
        if not is_label(matcher.name):
            known = ", ".join(NAMES)
            raise ValueError(f"no alert has a label {matcher.name}: write {known} or group_<field>")
    return matchers


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


class RouteDocument(Document):
    """A route; what `receiver` and `max_age` leave out they have from the route above."""

    receiver: str | None = None
    matchers: tuple[Annotated[tuple[LabelMatcher, ...], _read(_parse_known_matchers)], ...] = ()
    goes_on: Annotated[bool, _read(_parse_flag), Field(alias="continue")] = False
    max_age: Annotated[TimeSpan, AfterValidator(require_not_zero)] | None = None
    mute_time_intervals: tuple[str, ...] = ()
    active_time_intervals: tuple[str, ...] = ()
    routes: tuple["RouteDocument", ...] = ()

    @property
    def all_matchers(self) -> tuple[LabelMatcher, ...]:
        """The matchers of all lines."""
        return tuple(chain.from_iterable(self.matchers))


class RoutesDocument(Document):
    """The whole file."""

    route: RouteDocument
    time_intervals: tuple[NamedIntervals, ...] = ()
