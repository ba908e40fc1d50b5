"""What a correlation section may not say, since nothing could ever meet it."""

from math import ceil, floor, inf, isfinite

from schemas.rule import Condition, Correlation, CorrelationType
from services.matcher.domain.windows.condition import describe_bounds, find_bounds
from services.matcher.domain.windows.durations import format_duration
from services.matcher.domain.windows.window_rule import FIELD_READING, NUMERIC, TEMPORAL

_BOUNDED = FIELD_READING | TEMPORAL | {CorrelationType.EVENT_COUNT, CorrelationType.SHARED_TERM}
_COMPARING = frozenset({CorrelationType.RATE_CHANGE, CorrelationType.DIVERGENCE})


class NotSupported(ValueError):
    """The engine does not support what `field` of the document asks for; `hint` is the way out."""

    def __init__(self, field: str, message: str, hint: str = "") -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message
        self.hint = hint


def refuse_section(section: Correlation) -> None:
    """Refuse bounds that no value meets, and a baseline that is never long enough.

    Raises:
        NotSupported: by a field of the document.
    """
    if isinstance(section.condition, Condition) and section.type in _BOUNDED:
        _refuse_bounds(section, section.condition)
    if section.type in _COMPARING and section.baseline is not None:
        _refuse_short_baseline(section)


def _refuse_bounds(section: Correlation, condition: Condition) -> None:
    if _is_empty(condition, *_find_limits(section), whole=section.type not in NUMERIC):
        message = f"no value of {section.type} is {describe_bounds(condition)}"
        raise NotSupported("correlation.condition", message, _suggest(section, condition))


def _find_limits(section: Correlation) -> tuple[float, float]:
    """The least and the greatest value that can be counted where a hit asks its window."""
    if section.type in TEMPORAL:
        return 1, len(set(section.rules))
    if section.type is CorrelationType.EVENT_COUNT:
        return 1, section.max_hits
    return (-inf if section.type in NUMERIC else 0), inf


def _suggest(section: Correlation, condition: Condition) -> str:
    low, high = _find_limits(section)
    if not _is_empty(condition, -inf, inf, whole=section.type not in NUMERIC) and isfinite(high):
        return f"it is {low:g} to {high:g}"
    return "bounds leave something between them, e.g. {gte: 3, lt: 5}"


def _is_empty(condition: Condition, low: float, high: float, *, whole: bool) -> bool:
    """Whether no number from `low` to `high` meets all bounds; `whole`: no whole number."""
    bounds = find_bounds(condition)
    if "eq" in bounds:
        low, high = max(low, bounds["eq"]), min(high, bounds["eq"])
    least, most = max(low, bounds.get("gte", low)), min(high, bounds.get("lte", high))
    above, below = bounds.get("gt", -inf), bounds.get("lt", inf)
    if whole:
        least = max(_round(least, up=True), _round(above, up=False) + 1)
        most = min(_round(most, up=False), _round(below, up=True) - 1)
        return least > most or least == most == bounds.get("neq")
    least, most = max(least, above), min(most, below)
    return least > most or (least == most and least in {above, below, bounds.get("neq")})


def _round(number: float, *, up: bool) -> float:
    if not isfinite(number):
        return number
    return ceil(number) if up else floor(number)


def _refuse_short_baseline(section: Correlation) -> None:
    least = section.min_baseline or 2 * section.timespan
    if section.baseline is not None and section.baseline < least:
        raise NotSupported(
            "correlation.baseline",
            f"it is never the {format_duration(least)} that min_baseline asks for",
            "make the baseline longer, or min_baseline (twice the timespan by default) shorter",
        )
