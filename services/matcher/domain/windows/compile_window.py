"""From a rule document to what the window engine needs of it, or why it cannot be done."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from schemas.alert import Level
from schemas.rule import (
    Condition,
    Correlation,
    CorrelationRule,
    CorrelationType,
    DetectionRule,
    PackDefaults,
)
from services.matcher.domain.windows.expression import Expression, parse_expression
from services.matcher.domain.windows.template import read_fields
from services.matcher.domain.windows.window_rule import (
    COUNTING,
    NOTHING,
    NOVEL,
    OF_A_FIELD,
    TEMPORAL,
    WindowRule,
)

ALONE_RESOLVES_AFTER = timedelta(hours=24)
ONE_INSTANT = timedelta(microseconds=1)
_MOST_ASKED_OF_ABSENCE = 2


class NotSupported(ValueError):
    """The engine cannot do yet what `field` of the document asks for."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


def of_detection(document: DetectionRule, pack: str, *, defaults: PackDefaults) -> WindowRule:
    """The windows of a detection rule that alerts by itself, grouped by story by default.

    Raises:
        NotSupported: naming the field.
    """
    return WindowRule(
        pack=pack,
        name=document.name,
        title=document.title,
        id=document.id,
        level=_level(document, defaults),
        version=_version(document),
        type=None,
        bases=(document.name,),
        timespan=ONE_INSTANT,
        condition=Condition(gte=1),
        count_by="event",
        resolve_after=document.resolve_after or defaults.resolve_after or ALONE_RESOLVES_AFTER,
        max_lateness=timedelta(hours=72),
        group_by=("story",) if document.group_by is None else document.group_by,
        corroboration=document.corroboration,
        cooldown=document.cooldown or NOTHING,
        summary=_template(document, "summary"),
        action=_template(document, "action"),
    )


def of_correlation(document: CorrelationRule, pack: str, *, defaults: PackDefaults) -> WindowRule:
    """The windows of a correlation rule.

    Raises:
        NotSupported: naming the field.
    """
    section = document.correlation
    rule = WindowRule(
        pack=pack,
        name=document.name,
        title=document.title,
        id=document.id,
        level=_level(document, defaults),
        version=_version(document),
        type=section.type,
        bases=section.rules,
        timespan=section.timespan,
        condition=_condition(section),
        count_by=section.count_by,
        resolve_after=document.resolve_after or defaults.resolve_after or section.timespan,
        max_lateness=section.max_lateness,
        group_by=section.group_by,
        corroboration=document.corroboration,
        cooldown=document.cooldown or NOTHING,
        summary=_template(document, "summary"),
        action=_template(document, "action"),
    )
    return _with_what_its_type_reads(rule, section)


def _with_what_its_type_reads(rule: WindowRule, section: Correlation) -> WindowRule:
    return replace(
        rule,
        expression=_expression(section),
        subject=section.field,
        certain=section.interval == "certain",
        aliases=section.aliases,
        max_hits=section.max_hits,
        similarity=section.similarity,
        by=section.by,
        between=section.between or (),
        compared=section.value,
        baseline=section.baseline or NOTHING,
        min_baseline=section.min_baseline or 2 * section.timespan,
        history=section.history or NOTHING,
        warmup=section.warmup or NOTHING,
    )


def _version(document: DetectionRule | CorrelationRule) -> str:
    """12 hex digits that change with what the rule says, its cases left out."""
    said = document.model_dump_json(exclude={"tests"})
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def _level(document: DetectionRule | CorrelationRule, defaults: PackDefaults) -> Level:
    if "level" in document.model_fields_set or defaults.level is None:
        return document.level
    return defaults.level


def _template(document: DetectionRule | CorrelationRule, part: str) -> str | None:
    template: str | None = getattr(document.alert, part)
    try:
        read_fields(template)
    except ValueError as error:
        raise NotSupported(f"alert.{part}", str(error)) from None
    return template


def _condition(section: Correlation) -> Condition:
    _refuse_what_does_not_fit(section)
    if isinstance(section.condition, str):
        return Condition(gte=0)
    if section.type in TEMPORAL:
        return section.condition or Condition(gte=len(section.rules))
    if section.type in NOVEL or section.type is CorrelationType.ABSENCE:
        return Condition(gte=0)
    if section.condition is None:
        raise NotSupported("correlation.condition", f"{section.type} needs one")
    if section.type in OF_A_FIELD and section.condition.field is None:
        raise NotSupported(
            "correlation.condition.field", f"{section.type} needs the field it reads"
        )
    return section.condition


def _expression(section: Correlation) -> Expression | None:
    if not isinstance(section.condition, str):
        return None
    if section.type is not CorrelationType.TEMPORAL:
        raise NotSupported("correlation.condition", "only temporal takes an expression over rules")
    try:
        expression = parse_expression(section.condition)
    except ValueError as error:
        raise NotSupported("correlation.condition", str(error)) from None
    unknown = expression.names - set(section.rules)
    if unknown:
        raise NotSupported("correlation.condition", f"{min(unknown)} is not among its rules")
    return expression


def _refuse_what_does_not_fit(section: Correlation) -> None:
    if section.interval == "certain" and section.type not in COUNTING:
        raise NotSupported("correlation.interval", f"certain does not go with {section.type}")
    _refuse_what_is_missing(section)


def _refuse_what_is_missing(section: Correlation) -> None:
    for key in _NEEDED.get(section.type, ()):
        if getattr(section, key) is None:
            raise NotSupported(f"correlation.{key}", f"{section.type} needs it")
    bound = _BOUND.get(section.type)
    if bound is not None and getattr(section.condition, bound, None) is None:
        raise NotSupported(f"correlation.condition.{bound}", f"{section.type} needs it")
    if section.type is CorrelationType.ABSENCE and len(section.rules) > _MOST_ASKED_OF_ABSENCE:
        raise NotSupported("correlation.rules", "absence takes one rule, or two")


_NEEDED: Mapping[CorrelationType, tuple[str, ...]] = {
    CorrelationType.NEW_VALUE: ("field", "history"),
    CorrelationType.REVERSAL: ("field", "history"),
    CorrelationType.RATE_CHANGE: ("baseline",),
    CorrelationType.SHARED_TERM: ("field", "by"),
    CorrelationType.DIVERGENCE: ("field", "value", "between", "baseline"),
}
_BOUND: Mapping[CorrelationType, str] = {
    CorrelationType.RATE_CHANGE: "ratio",
    CorrelationType.DIVERGENCE: "by",
}
