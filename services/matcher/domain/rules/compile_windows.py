"""Compiles the windows of a pack: those of every rule that alerts, each after its base rules."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from schemas.rule import CorrelationRule, DetectionRule, RuleDocument
from services.document_faults import DocumentFault, InvalidField
from services.matcher.domain.packs.documents import PackDocuments
from services.matcher.domain.rules.means_digest import digest_means
from services.matcher.domain.rules.references import (
    Rules,
    alerting_detections,
    counted_correlations,
    refuse_references,
    refuse_sides,
    silent_correlations,
    sort_by_bases,
)
from services.matcher.domain.rules.role_fields import refuse_roles
from services.matcher.domain.rules.rulebook import CompiledRule
from services.matcher.domain.rules.template_variables import refuse_variables
from services.matcher.domain.windows.compile_window import (
    compile_correlation_window,
    compile_detection_window,
)
from services.matcher.domain.windows.section_faults import NotSupported
from services.matcher.domain.windows.window_rule import NO_TIME, WindowRule


def compile_windows(
    pack: PackDocuments, rules: Rules, compiled: Iterable[CompiledRule]
) -> tuple[tuple[WindowRule, ...], tuple[DocumentFault, ...]]:
    """The windows of correlations and of detection rules that alert or are indicators; faults."""
    known = {rule.document.name: rule.document for rule in rules}
    rules_by_name = {rule.name: rule for rule in compiled}
    alerting = rules_by_name.keys() & alerting_detections(known.values())
    with_windows = _correlations(known) | alerting | (rules_by_name.keys() & _indicators(pack))
    windows, faults = _compile_sound(pack, rules, rules_by_name, with_windows)
    silent = silent_correlations(known.values()) | (rules_by_name.keys() - alerting)
    counted = counted_correlations(known.values())
    described = (
        replace(
            window,
            announces=window.name not in silent,
            is_counted=window.name in counted,
            means=digest_means(window, rules_by_name),
        )
        for window in windows
    )
    return tuple(described), faults


def _compile_sound(
    pack: PackDocuments,
    rules: Rules,
    rules_by_name: Mapping[str, CompiledRule],
    names: Collection[str],
) -> tuple[Collection[WindowRule], tuple[DocumentFault, ...]]:
    """The windows with these names that are without fault; the faults of the others."""
    known = {rule.document.name: rule.document for rule in rules}
    ordered, cycles = sort_by_bases(rules)
    faults, lists, good = list(cycles), _list_names(pack), set(rules_by_name)
    windows: dict[str, WindowRule] = {}
    for rule in ordered:
        name = rule.document.name
        if name not in names:
            continue
        try:
            refuse_references(rule.document, known, good)
            refuse_sides(rule.document, lists)
            refuse_roles(rule.document, rules_by_name)
            window = _above_bases(_compile_window(pack, rule.document), windows)
            refuse_variables(window)
        except InvalidField as error:
            faults.append(rule.origin.fault(error))
        else:
            windows[name] = window
            good.add(name)
    return windows.values(), tuple(faults)


def _correlations(rules: Mapping[str, RuleDocument]) -> set[str]:
    return {name for name, rule in rules.items() if not isinstance(rule, DetectionRule)}


def _indicators(pack: PackDocuments) -> set[str]:
    """The rules that a hypothesis lists; they have windows even where they only feed others."""
    return {
        indicator.rule
        for hypothesis in pack.hypotheses
        for indicator in hypothesis.document.indicators
    }


def _compile_window(pack: PackDocuments, document: RuleDocument) -> WindowRule:
    defaults = pack.pack.defaults
    try:
        if isinstance(document, CorrelationRule):
            return compile_correlation_window(document, pack.name, defaults=defaults)
        return compile_detection_window(document, pack.name, defaults=defaults)
    except NotSupported as error:
        raise InvalidField(tuple(error.field.split(".")), error.message, error.hint) from None


def _list_names(pack: PackDocuments) -> Collection[str]:
    return {located.document.name for located in pack.lists}


def _above_bases(rule: WindowRule, windows: Mapping[str, WindowRule]) -> WindowRule:
    """The rule with the lateness and retention of its base correlations, whose alerts it counts."""
    named = [windows[name] for name in rule.bases if name in windows]
    bases = [base for base in named if base.type is not None]
    lateness = sum((base.timespan + base.max_lateness for base in bases), NO_TIME)
    return replace(
        rule,
        max_lateness=max(rule.max_lateness, lateness),
        counts_alerts=bool(bases),
        least_retention=max((base.retention for base in bases), default=NO_TIME),
    )
