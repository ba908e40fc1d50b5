"""Bases by name: Sigma lets a correlation call a rule by its `id` too; past this, none does."""

from collections.abc import Mapping

from schemas.rule import Correlation, CorrelationRule, RuleDocument
from services.matcher.domain.packs.documents import LocatedDocument


def bases_by_name(
    rules: tuple[LocatedDocument[RuleDocument], ...],
) -> tuple[LocatedDocument[RuleDocument], ...]:
    """The rules, each calling others by name. A name goes before an id that reads the same."""
    names = {one.document.name for one in rules}
    ids = {one.document.id: one.document.name for one in rules if one.document.id is not None}
    meant = {called: name for called, name in ids.items() if called not in names}
    return tuple(LocatedDocument(_renamed(one.document, meant), one.origin) for one in rules)


def _renamed(document: RuleDocument, meant: Mapping[str, str]) -> RuleDocument:
    if not isinstance(document, CorrelationRule):
        return document
    section = document.correlation
    if not _called(section) & meant.keys():
        return document
    aliases = {
        alias: {meant.get(rule, rule): field for rule, field in fields.items()}
        for alias, fields in section.aliases.items()
    }
    bases = tuple(meant.get(rule, rule) for rule in section.rules)
    renamed = section.model_copy(update={"rules": bases, "aliases": aliases})
    return document.model_copy(update={"correlation": renamed})


def _called(section: Correlation) -> set[str]:
    return {*section.rules, *(rule for fields in section.aliases.values() for rule in fields)}
