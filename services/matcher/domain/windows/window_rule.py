"""WindowRule: what the window engine needs to know of a rule, detection or correlation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from schemas.alert import Level
from schemas.rule import Condition, CorrelationType, Corroboration
from services.matcher.domain.windows.expression import Expression
from services.matcher.domain.windows.template import read_fields

PAIRED = " + "
"""Stands between the two members of a reversal in its group."""
NOTHING = timedelta(0)
MOST_HITS = 10_000
"""Hits that one key keeps, unless its rule says otherwise."""

TEMPORAL = frozenset({CorrelationType.TEMPORAL, CorrelationType.TEMPORAL_ORDERED})
NUMERIC = frozenset(
    {CorrelationType.VALUE_SUM, CorrelationType.VALUE_AVG, CorrelationType.VALUE_PERCENTILE}
)
OF_A_FIELD = NUMERIC | {CorrelationType.VALUE_COUNT}
COUNTING = OF_A_FIELD | TEMPORAL | {CorrelationType.EVENT_COUNT}
NOVEL = frozenset({CorrelationType.NEW_VALUE, CorrelationType.REVERSAL})
TWO_SIDED = frozenset({CorrelationType.SHARED_TERM, CorrelationType.DIVERGENCE})


@dataclass(frozen=True, slots=True)
class WindowRule:
    """A rule with windows. `type` is None for a detection rule that alerts by itself.

    Such a rule has windows of one instant, and each of its hits fires. `expression` is an extended
    condition over the base rules, `subject` the field that new_value and reversal key by, that
    shared_term reads its terms from, and in which divergence looks for `compared`. A rule that does
    not announce only feeds others. `called` has the names that people read for the ids of list
    members, `hypotheses` the names of those that list the rule.
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
    baseline: timedelta = NOTHING
    min_baseline: timedelta = NOTHING
    history: timedelta = NOTHING
    warmup: timedelta = NOTHING
    cooldown: timedelta = NOTHING
    similarity: float = 85
    by: str | None = None
    between: tuple[str, ...] = ()
    compared: str | None = None
    certain: bool = False
    aliases: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    max_hits: int = MOST_HITS
    announces: bool = True
    called: Mapping[str, str] = field(default_factory=dict)
    hypotheses: tuple[str, ...] = ()

    @property
    def counts(self) -> str | None:
        """The field whose values are counted, if any."""
        return self.condition.field

    @property
    def mentions(self) -> frozenset[str]:
        """The event fields that the templates read: signals must carry them."""
        return read_fields(self.summary) | read_fields(self.action)

    @property
    def look_back(self) -> timedelta:
        """How far before a firing time the hits lie that decide on it."""
        return max(self.timespan + self.baseline, self.history)

    @property
    def asks_since(self) -> bool:
        """Whether it matters to it since when it has watched."""
        return self.type in NOVEL or self.baseline > NOTHING

    @property
    def retention(self) -> timedelta:
        """How long a hit stays in state: twice all that the rule looks back over, and lateness."""
        return 2 * max(self.look_back, self.resolve_after + self.cooldown) + self.max_lateness
