"""Compiles a rule document to its WindowRule."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from schemas.alert import Level
from schemas.pack import PackDefaults
from schemas.rule import (
    Condition,
    Correlation,
    CorrelationRule,
    CorrelationType,
    DetectionRule,
)
from services.matcher.domain.windows.expression import Expression, parse_expression
from services.matcher.domain.windows.section_faults import NotSupported, refuse_section
from services.matcher.domain.windows.section_keys import refuse_unread_keys
from services.matcher.domain.windows.template import read_fields
from services.matcher.domain.windows.window_rule import (
    COUNTING,
    FIELD_READING,
    NO_TIME,
    NOVEL,
    TEMPORAL,
    WindowRule,
)

ALONE_RESOLVES_AFTER = timedelta(hours=24)
MAX_LATENESS = timedelta(hours=72)
ONE_INSTANT = timedelta(microseconds=1)
_MOST_ABSENCE_RULES = 2


def compile_detection_window(
    document: DetectionRule, pack: str, *, defaults: PackDefaults
) -> WindowRule:
    """The window of a detection rule that alerts by itself; grouped by story by default.

    Raises:
        NotSupported: a template has a fault.
    """
    group_by = ("story",) if document.group_by is None else document.group_by
    return replace(_compile_common(document, pack, defaults), group_by=group_by)


def compile_correlation_window(
    document: CorrelationRule, pack: str, *, defaults: PackDefaults
) -> WindowRule:
    """The window of a correlation rule.

    Raises:
        NotSupported: by a field of the document.
    """
    section = document.correlation
    return replace(
        _compile_common(document, pack, defaults),
        type=section.type,
        bases=section.rules,
        timespan=section.timespan,
        condition=_compile_condition(section),
        count_by=section.count_by,
        resolve_after=document.resolve_after or defaults.resolve_after or section.timespan,
        max_lateness=section.max_lateness,
        group_by=section.group_by,
        expression=_compile_expression(section),
        certain=section.interval == "certain",
        aliases=section.aliases,
        max_hits=section.max_hits,
        **_compile_keys_of_types(section),
    )


def _compile_keys_of_types(section: Correlation) -> dict[str, Any]:
    """The keys that only some types have."""
    return {
        "subject": section.field,
        "similarity": section.similarity,
        "by": section.by,
        "between": section.between or (),
        "compared_value": section.value,
        "baseline": section.baseline or NO_TIME,
        "min_baseline": section.min_baseline or 2 * section.timespan,
        "history": section.history or NO_TIME,
        "warmup": section.warmup or NO_TIME,
    }


def _compile_common(
    document: DetectionRule | CorrelationRule, pack: str, defaults: PackDefaults
) -> WindowRule:
    """What both kinds of rule say; the rest as for a rule whose every hit fires."""
    return WindowRule(
        pack=pack,
        name=document.name,
        title=document.title,
        id=document.id,
        level=_choose_level(document, defaults),
        version=_hash_version(document),
        type=None,
        bases=(document.name,),
        timespan=ONE_INSTANT,
        condition=Condition(gte=1),
        count_by="event",
        resolve_after=document.resolve_after or defaults.resolve_after or ALONE_RESOLVES_AFTER,
        max_lateness=MAX_LATENESS,
        group_by=(),
        corroboration=document.corroboration,
        cooldown=document.cooldown or NO_TIME,
        summary=_check_template(document, "summary"),
        action=_check_template(document, "action"),
    )


def _hash_version(document: DetectionRule | CorrelationRule) -> str:
    """12 hex digits that change with the document, except with its tests."""
    content = document.model_dump_json(exclude={"tests"})
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def _choose_level(document: DetectionRule | CorrelationRule, defaults: PackDefaults) -> Level:
    if "level" in document.model_fields_set or defaults.level is None:
        return document.level
    return defaults.level


def _check_template(document: DetectionRule | CorrelationRule, part: str) -> str | None:
    template: str | None = getattr(document.alert, part)
    try:
        read_fields(template)
    except ValueError as error:
        raise NotSupported(f"alert.{part}", str(error)) from None
    return template


def _compile_condition(section: Correlation) -> Condition:
    _check_fields(section)
    refuse_unread_keys(section)
    refuse_section(section)
    if isinstance(section.condition, str):
        return Condition(gte=0)
    if section.type in TEMPORAL:
        return section.condition or Condition(gte=len(section.rules))
    if section.type in NOVEL or section.type is CorrelationType.ABSENCE:
        return Condition(gte=0)
    if section.condition is None:
        raise NotSupported("correlation.condition", f"{section.type} needs one")
    if section.type in FIELD_READING and section.condition.field is None:
        raise NotSupported(
            "correlation.condition.field", f"{section.type} needs the field it reads"
        )
    return section.condition


def _compile_expression(section: Correlation) -> Expression | None:
    if not isinstance(section.condition, str):
        return None
    if section.type is not CorrelationType.TEMPORAL:
        message = "only temporal takes an expression over rules"
        raise NotSupported("correlation.condition", message, "write a map, such as {gte: 3}")
    try:
        expression = parse_expression(section.condition)
    except ValueError as error:
        raise NotSupported("correlation.condition", str(error)) from None
    unknown = expression.names - set(section.rules)
    if unknown:
        raise NotSupported("correlation.condition", f"{min(unknown)} is not among its rules")
    return expression


def _check_fields(section: Correlation) -> None:
    if section.interval == "certain" and section.type not in COUNTING:
        raise NotSupported("correlation.interval", f"certain does not go with {section.type}")
    for key in _NEEDED_FIELDS.get(section.type, ()):
        if getattr(section, key) is None:
            raise NotSupported(f"correlation.{key}", f"{section.type} needs it")
    bound = _NEEDED_BOUND.get(section.type)
    if bound is not None and getattr(section.condition, bound, None) is None:
        raise NotSupported(f"correlation.condition.{bound}", f"{section.type} needs it")
    if section.type is CorrelationType.ABSENCE and len(section.rules) > _MOST_ABSENCE_RULES:
        raise NotSupported("correlation.rules", "absence takes one rule, or two")


_NEEDED_FIELDS: Mapping[CorrelationType, tuple[str, ...]] = {
    CorrelationType.NEW_VALUE: ("field", "history"),
    CorrelationType.REVERSAL: ("field", "history"),
    CorrelationType.RATE_CHANGE: ("baseline",),
    CorrelationType.SHARED_TERM: ("field", "by"),
    CorrelationType.DIVERGENCE: ("field", "value", "between", "baseline"),
}
_NEEDED_BOUND: Mapping[CorrelationType, str] = {
    CorrelationType.RATE_CHANGE: "ratio",
    CorrelationType.DIVERGENCE: "by",
}
