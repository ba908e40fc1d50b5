"""All notes on a pack: what is no fault, and yet not what its author can have meant."""

from collections.abc import Iterator

from schemas.rule import CorrelationRule, DetectionRule, RuleDocument
from services.document_faults import DocumentFault, InvalidField
from services.matcher.domain.notes.correlations import (
    note_lone_temporal,
    note_scarce_sources,
    note_short_memory,
)
from services.matcher.domain.notes.costs import note_costly_rules, note_unreachable_levels
from services.matcher.domain.notes.detections import (
    note_other_categories,
    note_unknown_countries,
    note_unused_selections,
    note_wide_circles,
)
from services.matcher.domain.notes.estimates import note_mixed_estimates
from services.matcher.domain.notes.lists import (
    note_shared_aliases,
    note_unknown_parents,
    note_wide_sites,
)
from services.matcher.domain.notes.phrases import note_contained_phrases
from services.matcher.domain.packs.documents import PackDocuments
from services.matcher.domain.rules.rulebook import Rulebook

_OF_A_PACK = (note_unknown_parents, note_shared_aliases, note_wide_sites)
_OF_COMPILED = (note_costly_rules, note_unreachable_levels)
_OF_A_DETECTION = (
    note_other_categories,
    note_unused_selections,
    note_unknown_countries,
    note_wide_circles,
    note_contained_phrases,
)
_OF_A_CORRELATION = (note_lone_temporal, note_short_memory, note_scarce_sources)


def list_notes(pack: PackDocuments, rulebook: Rulebook) -> Iterator[DocumentFault]:
    """Every note on the pack, at its file and line."""
    for rule in pack.rules:
        yield from map(rule.origin.fault, _list_rule_notes(rule.document))
    for note_pack in _OF_A_PACK:
        yield from note_pack(pack)
    for note_compiled in _OF_COMPILED:
        yield from note_compiled(pack, rulebook)


def _list_rule_notes(rule: RuleDocument) -> Iterator[InvalidField]:
    yield from note_mixed_estimates(rule)
    match rule:
        case DetectionRule():
            for note_detection in _OF_A_DETECTION:
                yield from note_detection(rule)
        case CorrelationRule():
            for note_correlation in _OF_A_CORRELATION:
                yield from note_correlation(rule)
