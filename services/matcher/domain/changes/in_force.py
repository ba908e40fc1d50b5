"""In force: a rulebook, and how each of its rules stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from schemas.bundle import OnChange
from services.matcher.domain.alerts.rule_generation import UNCHANGED, RuleGeneration
from services.matcher.domain.changes.next_bundle import VersionedBundle
from services.matcher.domain.rules.rulebook import Rulebook, RuleKey


@dataclass(frozen=True, slots=True)
class InForce:
    """A rulebook, whose number is that of its bundle, and how its rules stand."""

    rulebook: Rulebook
    standings: Mapping[RuleKey, RuleGeneration] = field(
        default_factory=lambda: MappingProxyType({})
    )

    @property
    def number(self) -> int:
        """That of the bundle; 0 for rules that were read from a folder."""
        return self.rulebook.number

    def standing(self, rule: RuleKey) -> RuleGeneration:
        """How the rule stands."""
        return self.standings.get(rule, UNCHANGED)

    def level(self, rule: RuleKey) -> int:
        """How many rules stand below it: 0 where only detections do."""
        window = self.rulebook.windows.get(rule)
        bases = () if window is None or window.type is None else window.bases
        below = [(rule[0], base) for base in bases if (rule[0], base) in self.rulebook.windows]
        correlations = [key for key in below if self.rulebook.windows[key].type is not None]
        return max((1 + self.level(key) for key in correlations), default=0)

    def rebuilt_after(self, number: int) -> Mapping[RuleKey, RuleGeneration]:
        """The rules whose windows are to be rebuilt where bundle `number` was the last applied."""
        return {
            rule: one
            for rule, one in self.standings.items()
            if one.on_change is OnChange.REBUILD and one.changed_in > number
        }


def standings(bundle: VersionedBundle) -> Mapping[RuleKey, RuleGeneration]:
    """How the rules of a bundle stand."""
    found: dict[RuleKey, RuleGeneration] = {}
    for name, told in bundle.bundle.rules.items():
        pack, _, rule = name.partition("/")
        changed_in = bundle.number if told.changed_in is None else told.changed_in
        found[pack, rule] = RuleGeneration(told.on_change, changed_in, told.changed_at, told.since)
    return MappingProxyType(found)
