"""A part of a rulebook: some of its windows, and the rules that feed them."""

from collections.abc import Collection
from dataclasses import replace

from services.matcher.domain.rules.rulebook import Rulebook, RuleKey, assemble_rulebook, index_rules
from services.matcher.domain.text.scan import Scanner


def narrow_rulebook(
    rulebook: Rulebook, rules: Collection[RuleKey], scanner: Scanner | None = None
) -> Rulebook:
    """The rulebook with the windows of `rules` alone, and the rules whose hits go there.

    It has a scanner for these alone, unless one that knows them is given.
    """
    windows = [window for key, window in rulebook.windows.items() if key in rules]
    feeding = {(window.pack, base) for window in windows for base in window.bases}
    packs = [
        index_rules(
            pack.name,
            pack.lists,
            [rule for rule in pack.rules if rule.key in feeding],
        )
        for pack in rulebook.packs
    ]
    return replace(assemble_rulebook(packs, windows, scanner), number=rulebook.number)
