"""The rulebook of a reader: the rules with meanings, as it asks them."""

from dataclasses import replace

from services.matcher.domain.rules.rulebook import (
    CompiledRule,
    Rulebook,
    assemble_rulebook,
    index_rules,
)


def make_reader_rulebook(rulebook: Rulebook) -> Rulebook:
    """The rules that have meanings, with them, and indexed by what stands beside these."""
    packs = [
        index_rules(pack.name, pack.lists, map(_with_meanings, filter(_has_meanings, pack.rules)))
        for pack in rulebook.packs
    ]
    return replace(assemble_rulebook(packs, ()), number=rulebook.number)


def _has_meanings(rule: CompiledRule) -> bool:
    return rule.suspicion is not None


def _with_meanings(rule: CompiledRule) -> CompiledRule:
    return replace(rule, predicate=rule.suspicion or rule.predicate)
