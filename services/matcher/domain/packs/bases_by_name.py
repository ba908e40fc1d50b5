"""Base rules by name: Sigma allows a correlation to use their `id` too; here it is replaced."""

from collections.abc import Mapping

from schemas.rule import Correlation, CorrelationRule, RuleDocument
from services.matcher.domain.packs.documents import LocatedDocument


def bases_by_name(
    rules: tuple[LocatedDocument[RuleDocument], ...],
) -> tuple[LocatedDocument[RuleDocument], ...]:
    """The rules with the names of base rules for their ids. A name wins over an equal id."""
    documents = [rule.document for rule in rules]
    names = {document.name for document in documents}
    by_id = {
        document.id: document.name
        for document in documents
        if document.id is not None and document.id not in names
    }
    return tuple(LocatedDocument(_replace_ids(rule.document, by_id), rule.origin) for rule in rules)


def _replace_ids(document: RuleDocument, by_id: Mapping[str, str]) -> RuleDocument:
    if not isinstance(document, CorrelationRule):
        return document
    section = document.correlation
    if not _bases(section) & by_id.keys():
        return document
    aliases = {
        alias: {by_id.get(rule, rule): field for rule, field in fields.items()}
        for alias, fields in section.aliases.items()
    }
    bases = tuple(by_id.get(rule, rule) for rule in section.rules)
    renamed = section.model_copy(update={"rules": bases, "aliases": aliases})
    return document.model_copy(update={"correlation": renamed})


def _bases(section: Correlation) -> set[str]:
    return {*section.rules, *(rule for fields in section.aliases.values() for rule in fields)}
