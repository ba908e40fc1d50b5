"""Which keys of a correlation section each type reads: one that it does not is refused."""

from collections.abc import Iterable, Iterator, Mapping

from schemas.rule import Condition, Correlation, CorrelationType
from services.matcher.domain.windows.section_faults import NotSupported
from services.matcher.domain.windows.window_rule import FIELD_READING, NOVEL, NUMERIC, TEMPORAL

Types = frozenset[CorrelationType]

_RATE = frozenset({CorrelationType.RATE_CHANGE})
_DIVERGENCE = frozenset({CorrelationType.DIVERGENCE})
_SHARED = frozenset({CorrelationType.SHARED_TERM})
_COUNT = frozenset({CorrelationType.EVENT_COUNT})
_COMPARING = _RATE | _DIVERGENCE
_BOUNDED = _COUNT | FIELD_READING | TEMPORAL | _SHARED

KEYS: Mapping[str, Types] = {
    "condition": _BOUNDED | _COMPARING,
    "count_by": _COUNT | NUMERIC | _COMPARING,
    "field": NOVEL | _SHARED | _DIVERGENCE,
    "by": _SHARED,
    "similarity": _SHARED,
    "value": _DIVERGENCE,
    "between": _DIVERGENCE,
    "baseline": _COMPARING,
    "min_baseline": _COMPARING,
    "history": NOVEL,
    "warmup": NOVEL,
}
"""The types that read each key that not all read."""

CONDITION_KEYS: Mapping[str, Types] = {
    **dict.fromkeys(("eq", "neq", "gt", "gte", "lt", "lte"), _BOUNDED),
    "field": FIELD_READING,
    "percentile": frozenset({CorrelationType.VALUE_PERCENTILE}),
    "ratio": _RATE,
    "significance": _RATE,
    "floor": _COMPARING,
    "by": _DIVERGENCE,
}
"""The same of the keys of a condition."""


def refuse_unread_keys(section: Correlation) -> None:
    """Refuse a key that the section's type does not read.

    Raises:
        NotSupported: by its field of the document; the hint has the types that read it.
    """
    _refuse(section.type, "correlation", KEYS, _list_given(section, KEYS))
    if isinstance(section.condition, Condition):
        given = _list_given(section.condition, CONDITION_KEYS)
        _refuse(section.type, "correlation.condition", CONDITION_KEYS, given)


def _list_given(document: Correlation | Condition, keys: Iterable[str]) -> Iterator[str]:
    for key in keys:
        if key in document.model_fields_set and getattr(document, key) is not None:
            yield key


def _refuse(
    kind: CorrelationType, place: str, keys: Mapping[str, Types], given: Iterable[str]
) -> None:
    for key in given:
        if kind not in keys[key]:
            readers = ", ".join(sorted(keys[key]))
            message = f"{kind} does not read it"
            raise NotSupported(f"{place}.{key}", message, f"leave it out; it is for {readers}")
