"""Active rules: a rulebook, and the generation of each of its rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from schemas.bundle import OnChange
from schemas.reader_heads import PackHeads
from services.matcher.domain.alerts.rule_generation import UNCHANGED, RuleGeneration
from services.matcher.domain.changes.next_bundle import VersionedBundle
from services.matcher.domain.rules.rulebook import Rulebook, RuleKey


@dataclass(frozen=True, slots=True)
class ActiveRules:
    """A rulebook, whose number is that of its bundle, and the generations of its rules.

    `heads` are those that the bundle has for the reader, by pack.
    """

    rulebook: Rulebook
    generations: Mapping[RuleKey, RuleGeneration] = field(
        default_factory=lambda: MappingProxyType({})
    )
    heads: Mapping[str, PackHeads] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def number(self) -> int:
        """That of the bundle; 0 for rules that were read from a folder."""
        return self.rulebook.number

    def generation(self, rule: RuleKey) -> RuleGeneration:
        """The generation of a rule; UNCHANGED if no bundle names it."""
        return self.generations.get(rule, UNCHANGED)

    def level(self, rule: RuleKey) -> int:
        """How many levels of correlation rules are below the rule; 0: only detection rules."""
        window = self.rulebook.windows.get(rule)
        bases = () if window is None or window.type is None else window.bases
        below = [(rule[0], base) for base in bases if (rule[0], base) in self.rulebook.windows]
        correlations = [key for key in below if self.rulebook.windows[key].type is not None]
        return max((1 + self.level(key) for key in correlations), default=0)

    def rebuilt_after(self, number: int) -> Mapping[RuleKey, RuleGeneration]:
        """The rules whose windows are to be rebuilt where bundle `number` was the last applied."""
        return {
            rule: generation
            for rule, generation in self.generations.items()
            if generation.on_change is OnChange.REBUILD and generation.changed_in > number
        }


def generations(bundle: VersionedBundle) -> Mapping[RuleKey, RuleGeneration]:
    """The generations of the rules of a bundle."""
    known: dict[RuleKey, RuleGeneration] = {}
    for name, rule in bundle.bundle.rules.items():
        pack, _, rule_name = name.partition("/")
        changed_in = bundle.number if rule.changed_in is None else rule.changed_in
        known[pack, rule_name] = RuleGeneration(
            rule.on_change, changed_in, rule.changed_at, rule.since, rule.judged_in or bundle.number
        )
    return MappingProxyType(known)
