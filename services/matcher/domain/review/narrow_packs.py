"""The documents that one rule needs, so that no other has to be compiled."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from services.matcher.domain.changes.rule_inputs import (
    find_word_lists,
    list_names,
    list_with_used,
    name_with_bases,
)
from services.matcher.domain.packs.documents import PackDocuments
from services.matcher.domain.rules.rulebook import RuleKey


def find_rules(packs: Iterable[PackDocuments], name: str) -> tuple[RuleKey, ...]:
    """The rules with the name, or of the pack in `pack/name`."""
    keys = ((pack.name, rule.document.name) for pack in packs for rule in pack.rules)
    return tuple(dict.fromkeys(key for key in keys if name in (key[1], "/".join(key))))


def is_correlation(packs: Iterable[PackDocuments], key: RuleKey) -> bool:
    """Whether the rule of that key counts the hits of others in windows."""
    names = (
        rule.document.name for pack in packs if pack.name == key[0] for rule in pack.correlations()
    )
    return key[1] in names


def narrow_packs(packs: Iterable[PackDocuments], key: RuleKey) -> tuple[PackDocuments, ...]:
    """The pack of the rule and those it uses, with the rule, what it is built on, and its lists.

    The lists of members are all there: whom a sentence names depends on every one.
    """
    by_name = {pack.name: pack for pack in packs}
    return tuple(_narrow(by_name[key[0]], by_name, key[1]))


def _narrow(
    pack: PackDocuments, packs: dict[str, PackDocuments], rule: str
) -> Iterator[PackDocuments]:
    rules = {located.document.name: located.document for located in pack.rules}
    needed = name_with_bases(rule, rules)
    named = {name for each in needed for name in list_names(rules[each])}
    words = {id(located) for located in find_word_lists(pack, packs, named)}
    for part in list_with_used(pack, packs):
        kept = replace(
            part,
            word_lists=tuple(each for each in part.word_lists if id(each) in words),
            rules=tuple(each for each in part.rules if each.document.name in needed),
            hypotheses=(),
        )
        yield kept if part is pack else replace(kept, lists=(), places=(), rules=())
