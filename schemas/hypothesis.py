"""Hypotheses: courses of action and what would show them, exactly as a rule pack may say it."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Annotated, Self

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError, model_validator

from schemas.event import Source
from schemas.model import Document, Instant, Name
from schemas.rule import RuleName
from schemas.time_span import TimeSpan, require_not_zero

DAY = timedelta(days=1)
_INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)
_LENGTH_OF_A_DATE = len("2020-01-04")


def _readable(text: str) -> str:
    parse_observed_at(text)
    return text


def parse_observed_at(text: str) -> tuple[datetime, datetime]:
    """When something written as a moment or as a day (`2020-01-04`) was, at the soonest and last.

    A day is one of UTC; of its two moments the second is the next midnight.

    Raises:
        ValueError: `text` is neither.
    """
    try:
        if len(text) == _LENGTH_OF_A_DATE:
            day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
            return day, day + DAY
        moment = _INSTANT.validate_python(text)
    except (ValueError, ValidationError):
        said = "neither a day (2020-01-04) nor a moment with its offset (2020-01-04T11:00:00Z)"
        raise ValueError(f"{text!r} is {said}") from None
    return moment, moment


class IndicatorWeight(Document):
    """One indicator of a hypothesis; a negative weight speaks against it.

    What it adds to the score halves with every `half_life`; without one it stays. `sources` are
    those that could show it: it is blind while all of them are silent.
    """

    rule: RuleName
    weight: float
    half_life: Annotated[TimeSpan, AfterValidator(require_not_zero)] | None = None
    sources: tuple[Source, ...] = ()


class Observed(Document):
    """Evidence that was there before Vedette watched: at a moment, or on a day of UTC."""

    rule: RuleName
    at: Annotated[str, AfterValidator(_readable)]
    note: str | None = None


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
    """A course of action and what would show it.

    A level that was reached is left only when the score falls below `hysteresis` times what the
    level asks for.
    """

    name: RuleName
    title: Name
    description: str | None = None
    indicators: Annotated[tuple[IndicatorWeight, ...], Field(min_length=1)]
    levels: HypothesisLevels
    hysteresis: Annotated[float, Field(gt=0, le=1)] = 0.9
    observed: tuple[Observed, ...] = ()

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        counted = Counter(indicator.rule for indicator in self.indicators)
        twice = [rule for rule, count in counted.items() if count > 1]
        if twice:
            raise ValueError(f"{twice[0]} is named as an indicator twice")
        stray = [one.rule for one in self.observed if one.rule not in counted]
        if stray:
            raise ValueError(f"{stray[0]} is observed but none of the indicators")
        return self


class HypothesisFile(Document):
    """`hypotheses.yaml`."""

    hypotheses: tuple[Hypothesis, ...]
