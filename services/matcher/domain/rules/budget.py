"""The budget of a report: the time of the processor that its rules may take together."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf

from services.matcher.domain.rules.rulebook import CompiledRule, RuleKey

Clock = Callable[[], float]
"""Seconds."""
RuleCosts = defaultdict[RuleKey, float]
"""Seconds that each rule has taken."""


@dataclass(slots=True)
class Budget:
    """The time left for a report, from `begin_report` on.

    It cannot interrupt a rule. The rule in hand when it is passed is skipped, and the others have
    it anew. `processor` is the clock that counts; `wall` is cheap to read and never behind it, so
    it is read first. `skipped` has the rules; None for what no rule in particular cost. The time
    on the wall that each rule took is added to its `costs`.
    """

    seconds: float
    processor: Clock
    wall: Clock
    skipped: list[RuleKey | None] = field(default_factory=list)
    costs: RuleCosts | None = None
    _began: float = field(init=False)
    _earliest: float = field(init=False)
    _asked: float = field(init=False)

    def __post_init__(self) -> None:
        self.begin()

    def allows(self, rule: CompiledRule | None) -> bool:
        """Whether there was time for what was done since the last question, for this rule."""
        now, costs = self.wall(), self.costs
        if costs is not None and rule is not None:
            costs[rule.key] += now - self._asked
        self._asked = now
        if now <= self._earliest:
            return True
        if self.processor() - self._began <= self.seconds:
            return True
        self.skipped.append(None if rule is None else rule.key)
        self.begin()
        return False

    def begin_report(self) -> None:
        """Have the whole budget for another report, of which no rule is skipped yet."""
        self.skipped.clear()
        self.begin()

    def begin(self) -> None:
        """Have the whole budget again."""
        self._began = self.processor()
        self._asked = self.wall()
        self._earliest = self._asked + self.seconds


UNLIMITED = Budget(inf, float, float)
