"""Hypotheses: courses of action and their indicators, as a rule pack states them."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Annotated, Self

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError, model_validator

from schemas.event import Source
from schemas.model import Document, Instant, Name
from schemas.rule import RuleName
from schemas.time_span import NonZeroSpan, TimeSpan

DAY = timedelta(days=1)
LARGEST_FACTOR = 100
MOST_SCHEDULED = 100
_INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)
_LENGTH_OF_A_DATE = len("2020-01-04")


def _readable(text: str) -> str:
    parse_observed_at(text)
    return text


def parse_observed_at(text: str) -> tuple[datetime, datetime]:
    """The earliest and latest time that a time or a day (`2020-01-04`) may mean.

    A day is in UTC and ends at the next midnight.

    Raises:
        ValueError: `text` is neither.
    """
    try:
        if len(text) == _LENGTH_OF_A_DATE:
            day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
            return day, day + DAY
        time = _INSTANT.validate_python(text)
    except (ValueError, ValidationError):
        expected = "a day (2020-01-04) or a time with its offset (2020-01-04T11:00:00Z)"
        raise ValueError(f"{text!r} is not {expected}") from None
    return time, time


class IndicatorWeight(Document):
    """One indicator of a hypothesis; a negative weight counts against it.

    Its part of the score halves with every `half_life`; without one it stays. It is blind while
    all of its `sources` are silent.
    """

    rule: RuleName
    weight: float
    half_life: NonZeroSpan | None = None
    sources: tuple[Source, ...] = ()


class Observed(Document):
    """Evidence from before Vedette watched: at a time, or on a day in UTC."""

    rule: RuleName
    at: Annotated[str, AfterValidator(_readable)]
    note: str | None = None


class HypothesisPhase(Document):
    """A phase of a course of action: it begins when one of its indicators is observed."""

    title: Name
    indicators: Annotated[tuple[RuleName, ...], Field(min_length=1)]


class ScheduledEvent(Document):
    """An event that is known ahead: from `before` it to `after` it indicators weigh more.

    It begins at `when` and ends at `until`, each a time or a day in UTC; without `until` it is
    that time or day. `weights` has the factor of each indicator's weight; those of several events
    at one time are multiplied.
    """

    title: Name
    when: Annotated[str, AfterValidator(_readable)]
    until: Annotated[str, AfterValidator(_readable)] | None = None
    before: TimeSpan = timedelta(0)
    after: TimeSpan = timedelta(0)
    weights: Annotated[
        dict[RuleName, Annotated[float, Field(gt=0, le=LARGEST_FACTOR)]], Field(min_length=1)
    ]

    @property
    def span(self) -> tuple[datetime, datetime]:
        """When the weights begin to change, and from when on they do not any more.

        Raises:
            ValueError: outside the years of a calendar.
        """
        try:
            start = parse_observed_at(self.when)[0] - self.before
            return start, parse_observed_at(self.until or self.when)[1] + self.after
        except OverflowError:
            raise ValueError("outside the years 1 to 9999") from None

    @model_validator(mode="after")
    def _takes_time(self) -> Self:
        if parse_observed_at(self.until or self.when)[0] < parse_observed_at(self.when)[0]:
            raise ValueError(f"until {self.until} is before when {self.when}")
        start, end = self.span
        if start == end:
            raise ValueError("it takes no time: write before, after, until, or a day in when")
        return self


class HypothesisLevels(Document):
    """The scores at which a hypothesis changes its level."""

    watch: Annotated[float, Field(gt=0)]
    elevated: float
    high: float

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if not self.watch < self.elevated < self.high:
            raise ValueError("levels must rise: watch below elevated, elevated below high")
        return self


class Hypothesis(Document):
    """A course of action and its indicators.

    A level that is reached ends only when the score falls below `hysteresis` times its threshold.
    `phases` follow each other. `alternative_of` names the hypothesis of which this one is another
    way to the same end: alerts of it belong to both.
    """

    name: RuleName
    title: Name
    description: str | None = None
    indicators: Annotated[tuple[IndicatorWeight, ...], Field(min_length=1)]
    levels: HypothesisLevels
    hysteresis: Annotated[float, Field(gt=0, le=1)] = 0.9
    observed: tuple[Observed, ...] = ()
    phases: tuple[HypothesisPhase, ...] = ()
    scheduled: Annotated[tuple[ScheduledEvent, ...], Field(max_length=MOST_SCHEDULED)] = ()
    alternative_of: RuleName | None = None

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        counted = Counter(indicator.rule for indicator in self.indicators)
        repeated = [rule for rule, count in counted.items() if count > 1]
        if repeated:
            raise ValueError(f"{repeated[0]} is named as an indicator twice")
        unknown = [seen.rule for seen in self.observed if seen.rule not in counted]
        if unknown:
            raise ValueError(f"{unknown[0]} is observed but is no indicator")
        return self

    @model_validator(mode="after")
    def _phases_follow(self) -> Self:
        weights = {indicator.rule: indicator.weight for indicator in self.indicators}
        named = [rule for phase in self.phases for rule in phase.indicators]
        for rule, count in Counter(named).items():
            if rule not in weights:
                raise ValueError(f"phases: {rule!r} is no indicator of {self._describe()}")
            if count > 1:
                raise ValueError(f"phases: {rule} is in several, and stands for one")
            if weights[rule] < 0:
                raise ValueError(f"phases: {rule} counts against {self.name}, so it begins none")
        return self

    @model_validator(mode="after")
    def _schedules_indicators(self) -> Self:
        known = {indicator.rule for indicator in self.indicators}
        for event in self.scheduled:
            unknown = [rule for rule in event.weights if rule not in known]
            if unknown:
                message = f"{unknown[0]!r} is no indicator of {self._describe()}"
                raise ValueError(f"scheduled: {event.title}: {message}")
        return self

    def _describe(self) -> str:
        """Its name and indicators: either of two names that differ may be the mistyped one."""
        return f"{self.name}, which has {', '.join(each.rule for each in self.indicators)}"


class HypothesisFile(Document):
    """`hypotheses.yaml`."""

    hypotheses: tuple[Hypothesis, ...]
