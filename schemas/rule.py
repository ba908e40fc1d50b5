"""Rule documents: the rules, lists and places of a pack."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from schemas.alert import Level
from schemas.event import Names, Reliability
from schemas.model import Document, Name
from schemas.reader_training import Examples
from schemas.time_span import NonZeroSpan, TimeSpan

RuleName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_\-]*$", max_length=128)]


class Described(Document):
    """Sigma's fields about a rule, for people."""

    title: Name
    name: RuleName
    id: Name | None = None
    status: Literal["stable", "test", "experimental", "deprecated", "unsupported"] | None = None
    description: str | None = None
    references: tuple[str, ...] = ()
    author: str | None = None
    date: str | None = None
    modified: str | None = None
    license: str | None = None
    related: tuple[dict[str, str], ...] = ()
    tags: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    falsepositives: tuple[str, ...] = ()
    level: Level = Level.MEDIUM


class Corroboration(Document):
    """How many independent owners must report within a time span."""

    sources: Annotated[int, Field(ge=2)]
    min_reliability: Reliability | None = None
    within: NonZeroSpan | None = None


class AlertText(Document):
    """Jinja templates over event and group fields."""

    summary: str | None = None
    action: str | None = None


class TestEvent(Document):
    """One event of a case: `at` is the time since its start, other keys are as in an Event.

    `suspected` names detection rules that the reader is taken to suspect it of.
    """

    __test__ = False
    model_config = ConfigDict(extra="allow")

    at: TimeSpan
    suspected: tuple[RuleName, ...] = ()


class ExpectedAlert(Document):
    """An alert that must exist after the case's events."""

    fires: RuleName
    at: TimeSpan | None = None
    level: Level | None = None
    value: float | None = None
    evidence: int | None = None
    group: dict[str, str] | None = None
    count: Annotated[int, Field(ge=1)] | None = None
    summary: str | None = None
    status: Literal["firing", "resolved", "withdrawn"] | None = None
    uncorroborated: bool | None = None
    suspected: bool | None = None
    late: bool | None = None


class RuleTest(Document):
    """One case: a timeline, and what must be true after it."""

    name: Name
    events: tuple[TestEvent, ...] = ()
    expect: tuple[ExpectedAlert, ...] | Literal["silent"]

    @property
    def silent(self) -> bool:
        """Whether nothing may fire."""
        return self.expect == "silent"


class _Alerting(Described):
    """What every rule may say of its alerts.

    `over_budget` is why they do not count against the pack's budget.
    """

    corroboration: Corroboration | None = None
    cooldown: TimeSpan | None = None
    resolve_after: NonZeroSpan | None = None
    over_budget: Name | None = None
    alert: AlertText = AlertText()
    tests: tuple[RuleTest, ...] = ()


class LogSource(Document):
    """Sigma's logsource; the one category is `report`."""

    category: str | None = None
    product: str | None = None
    service: str | None = None
    definition: str | None = None


class DetectionRule(_Alerting):
    """A Sigma detection rule; pySigma parses `detection`, the reader learns from `examples`."""

    logsource: LogSource
    detection: dict[str, Any]
    examples: Examples = Examples()
    group_by: Names | None = Field(default=None, alias="group-by")


class CorrelationType(StrEnum):
    """Sigma 2.1's, then ours."""

    EVENT_COUNT = "event_count"
    VALUE_COUNT = "value_count"
    VALUE_SUM = "value_sum"
    VALUE_AVG = "value_avg"
    VALUE_PERCENTILE = "value_percentile"
    TEMPORAL = "temporal"
    TEMPORAL_ORDERED = "temporal_ordered"
    RATE_CHANGE = "rate_change"
    NEW_VALUE = "new_value"
    SHARED_TERM = "shared_term"
    ABSENCE = "absence"
    REVERSAL = "reversal"
    DIVERGENCE = "divergence"


class Condition(Document):
    """Bounds on what is counted; all of them must hold."""

    field: Name | None = None
    percentile: Annotated[float, Field(gt=0, le=100)] | None = None
    eq: float | None = None
    neq: float | None = None
    gt: float | None = None
    gte: float | None = None
    lt: float | None = None
    lte: float | None = None
    ratio: Annotated[float, Field(gt=0)] | None = None
    floor: Annotated[int, Field(ge=1)] | None = None
    significance: Annotated[float, Field(gt=0, lt=1)] | None = None
    by: Annotated[float, Field(gt=0, le=1)] | None = None

    @model_validator(mode="after")
    def _bounds_something(self) -> Self:
        bounds = self.model_dump(exclude={"field", "percentile"}, exclude_none=True)
        if not bounds:
            raise ValueError("a condition needs at least one of eq neq gt gte lt lte ratio by")
        return self


class Correlation(Document):
    """The `correlation` section: Sigma 2.1's keys, then ours."""

    type: CorrelationType
    rules: Annotated[tuple[RuleName, ...], Field(min_length=1)]
    timespan: NonZeroSpan
    group_by: Names = Field(default=(), alias="group-by")
    condition: Condition | str | None = None
    generate: bool = False
    aliases: dict[str, dict[RuleName, str]] = Field(default_factory=dict)
    count_by: Literal["event", "story", "source"] = "story"
    max_lateness: NonZeroSpan = timedelta(hours=72)
    max_hits: Annotated[int, Field(ge=10, le=20_000)] = 10_000
    interval: Literal["start", "certain"] = "start"
    field: Name | None = None
    by: Name | None = None
    value: Name | None = None
    baseline: NonZeroSpan | None = None
    min_baseline: NonZeroSpan | None = None
    history: NonZeroSpan | None = None
    warmup: TimeSpan | None = None
    similarity: Annotated[float, Field(gt=0, le=100)] = 85
    between: Annotated[tuple[Name, ...], Field(min_length=2, max_length=2)] | None = None


class CorrelationRule(_Alerting):
    """A Sigma correlation rule."""

    correlation: Correlation


class Member(Document):
    """One member of a list, with the names that reports use for it."""

    id: RuleName
    name: Name
    aliases: tuple["Alias", ...] = ()
    parent: RuleName | None = None
    alignment: Name | None = None


class LongAlias(Document):
    """An alias with conditions.

    It does not count inside an `unless` phrase; with `alone: false` only in the company of another
    name of its list or of the list's `company`. `proclitics: false`: without prefixes.
    `spellings`: whether it is a foreign name in Latin script; if left out, its words tell.
    """

    alias: Name
    unless: tuple[Name, ...] = ()
    alone: bool = True
    proclitics: bool = True
    spellings: bool | None = None


Alias = Name | LongAlias


class NameCases(Document):
    """Texts with the members that they name, and texts that name nobody of the list."""

    holds: dict[Name, RuleName | tuple[RuleName, ...]] = Field(default_factory=dict)
    lacks: tuple[Name, ...] = ()


class NamedList(Document):
    """A named list, for `expand` in rules.

    With `includes_children` whoever belongs to a member by `parent` counts for it. `company` has
    phrases and `%lists%` beside which the aliases count that do not count alone. `cases` are
    checked with the rules' own.
    """

    name: RuleName
    title: str | None = None
    includes_children: bool = False
    company: tuple[Name, ...] = ()
    members: Annotated[tuple[Member, ...], Field(min_length=1)]
    cases: NameCases | None = None


class Site(Document):
    """A named place with its radius."""

    id: RuleName
    name: Name
    lat: Annotated[float, Field(ge=-90, le=90)]
    lon: Annotated[float, Field(ge=-180, le=180)]
    radius_km: Annotated[float, Field(gt=0)]


class SiteList(Document):
    """A named list of sites."""

    name: RuleName
    title: str | None = None
    sites: Annotated[tuple[Site, ...], Field(min_length=1)]


Member.model_rebuild()
RuleDocument = DetectionRule | CorrelationRule
