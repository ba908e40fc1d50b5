"""WindowRule: a detection or correlation rule as the window engine evaluates it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from schemas.alert import Level
from schemas.rule import Condition, CorrelationType, Corroboration
from services.matcher.domain.windows.expression import Expression
from services.matcher.domain.windows.template import read_fields

PAIR_SEPARATOR = " + "
"""Between the two members of a reversal in its group."""
NO_TIME = timedelta(0)
MOST_HITS = 10_000
"""Hits that one key keeps by default."""

TEMPORAL = frozenset({CorrelationType.TEMPORAL, CorrelationType.TEMPORAL_ORDERED})
NUMERIC = frozenset(
    {CorrelationType.VALUE_SUM, CorrelationType.VALUE_AVG, CorrelationType.VALUE_PERCENTILE}
)
FIELD_READING = NUMERIC | {CorrelationType.VALUE_COUNT}
COUNTING = FIELD_READING | TEMPORAL | {CorrelationType.EVENT_COUNT}
NOVEL = frozenset({CorrelationType.NEW_VALUE, CorrelationType.REVERSAL})
TWO_SIDED = frozenset({CorrelationType.SHARED_TERM, CorrelationType.DIVERGENCE})


@dataclass(frozen=True, slots=True)
class WindowRule:
    """A rule with windows. `type` is None for a detection rule that alerts by itself.

    Such a rule has windows of one instant, and each of its hits fires. `expression` is an extended
    condition over the base rules. `subject` is the field that new_value and reversal group by, that
    shared_term reads its terms from, and in which divergence looks for `compared_value`. A rule
    that does not announce only feeds other rules. `counts_alerts`: one of its base rules is a
    correlation, whose alerts are its hits; `is_counted`: its own alerts are hits of other rules.
    It keeps hits for at least `least_retention`, for as long as its bases may revise their alerts.
    `names` has the names of list members and sites by id; `hypotheses` are those that list the
    rule. `means` is a digest of what its base rules mean and of what their suspected hits are made
    of: while it is the same, such hits stay valid; empty if no base rule has `means`.
    """

    pack: str
    name: str
    title: str
    id: str | None
    level: Level
    version: str | None
    type: CorrelationType | None
    bases: tuple[str, ...]
    timespan: timedelta
    condition: Condition
    count_by: str
    resolve_after: timedelta
    max_lateness: timedelta
    group_by: tuple[str, ...]
    corroboration: Corroboration | None
    summary: str | None
    action: str | None
    expression: Expression | None = None
    subject: str | None = None
    baseline: timedelta = NO_TIME
    min_baseline: timedelta = NO_TIME
    history: timedelta = NO_TIME
    warmup: timedelta = NO_TIME
    cooldown: timedelta = NO_TIME
    similarity: float = 85
    by: str | None = None
    between: tuple[str, ...] = ()
    compared_value: str | None = None
    certain: bool = False
    aliases: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    max_hits: int = MOST_HITS
    announces: bool = True
    counts_alerts: bool = False
    is_counted: bool = False
    least_retention: timedelta = NO_TIME
    names: Mapping[str, str] = field(default_factory=dict)
    hypotheses: tuple[str, ...] = ()
    means: str = ""

    @property
    def counted_field(self) -> str | None:
        """The field whose values are counted, if any."""
        return self.condition.field

    @property
    def template_fields(self) -> frozenset[str]:
        """The event fields that the templates read; signals carry them."""
        return read_fields(self.summary) | read_fields(self.action)

    @property
    def reads_values(self) -> bool:
        """Whether its templates may read the values that are counted."""
        return any("values" in (text or "") for text in (self.summary, self.action))

    @property
    def look_back(self) -> timedelta:
        """The longest time between a firing time and a hit that decides on it."""
        return max(self.timespan + self.baseline, self.history)

    @property
    def needs_since(self) -> bool:
        """Whether its firing times depend on when it began to watch."""
        return self.type in NOVEL or self.baseline > NO_TIME

    @property
    def retention(self) -> timedelta:
        """How long a hit stays in state: twice all that is looked back over, and `max_lateness`."""
        own = 2 * max(self.look_back, self.resolve_after + self.cooldown) + self.max_lateness
        return max(own, self.least_retention)
