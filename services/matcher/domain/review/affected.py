"""What a change of rules can affect: only that is evaluated twice."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from schemas.hypothesis import Hypothesis
from schemas.rule import RuleDocument
from services.matcher.domain.changes.digest import digest_rules
from services.matcher.domain.packs.documents import PackDocuments
from services.matcher.domain.rules.narrow_rulebook import narrow_rulebook
from services.matcher.domain.rules.rulebook import Rulebook, RuleKey

DECIDING = frozenset({"level", "corroboration", "cooldown", "resolve_after"})
"""What decides on alerts beside the digest of a rule, which is of hits and firing times."""


@dataclass(frozen=True, slots=True)
class ReviewedRules:
    """One side of a comparison: the documents of its packs, and what was compiled of them."""

    packs: tuple[PackDocuments, ...]
    rulebook: Rulebook

    def documents(self) -> Mapping[RuleKey, RuleDocument]:
        """Every rule by its key."""
        return {
            (pack.name, located.document.name): located.document
            for pack in self.packs
            for located in pack.rules
        }

    def hypotheses(self) -> Mapping[RuleKey, Hypothesis]:
        """Every hypothesis by its key."""
        return {
            (pack.name, located.document.name): located.document
            for pack in self.packs
            for located in pack.hypotheses
        }


@dataclass(frozen=True, slots=True)
class Affected:
    """The rules with windows and the hypotheses whose alerts may differ."""

    rules: frozenset[RuleKey] = frozenset()
    hypotheses: frozenset[RuleKey] = frozenset()


def find_affected(base: ReviewedRules, head: ReviewedRules) -> Affected:
    """What may alert otherwise in `head` than in `base`; what is worded otherwise alone may not."""
    changed = _find_changed(_describe_rules(base), _describe_rules(head))
    for side in (base, head):
        changed |= _find_above(side.rulebook, changed)
    hypotheses = _find_changed(base.hypotheses(), head.hypotheses())
    for side in (base, head):
        hypotheses |= {
            key
            for key, hypothesis in side.hypotheses().items()
            if any((key[0], each.rule) in changed for each in hypothesis.indicators)
        }
    return Affected(frozenset(changed), frozenset(hypotheses))


def narrow_to_affected(rulebook: Rulebook, affected: Affected) -> Rulebook:
    """The rulebook with what is affected alone, and all that it is made from."""
    hypotheses = tuple(
        each for each in rulebook.hypotheses if (each.pack, each.name) in affected.hypotheses
    )
    indicators = {
        (each.pack, indicator.rule) for each in hypotheses for indicator in each.indicators
    }
    needed = _find_below(rulebook, affected.rules | indicators)
    # a scanner of its own would take seconds to make
    return replace(narrow_rulebook(rulebook, needed, rulebook.scanner), hypotheses=hypotheses)


def _describe_rules(side: ReviewedRules) -> Mapping[RuleKey, object]:
    documents = side.documents()
    defaults = {pack.name: pack.pack.defaults.model_dump(mode="json") for pack in side.packs}
    return {
        key: (
            digest,
            documents[key].model_dump(mode="json", include=set(DECIDING)),
            defaults[key[0]],
        )
        for key, digest in digest_rules(side.packs, side.rulebook.windows).items()
    }


def _find_changed(
    before: Mapping[RuleKey, object], after: Mapping[RuleKey, object]
) -> set[RuleKey]:
    return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}


def _find_above(rulebook: Rulebook, keys: Iterable[RuleKey]) -> set[RuleKey]:
    """The rules over these, at any depth: how a base ends its alerts is no part of its digest."""
    above, added = set[RuleKey](), set(keys)
    while added:
        over = {
            (window.pack, window.name) for key in added for window in rulebook.feeds.get(key, ())
        }
        added = over - above
        above |= added
    return above


def _find_below(rulebook: Rulebook, keys: Iterable[RuleKey]) -> set[RuleKey]:
    """These and the rules that they stand over, at any depth."""
    below, added = set[RuleKey](), set(keys)
    while added:
        below |= added
        added = set(_bases(rulebook, added)) - below
    return below


def _bases(rulebook: Rulebook, keys: Iterable[RuleKey]) -> Iterator[RuleKey]:
    for pack, name in keys:
        window = rulebook.windows.get((pack, name))
        if window is not None:
            yield from ((pack, base) for base in window.bases)
