"""Signals: the hits that an event gives for windows."""

from collections.abc import Iterable, Iterator
from itertools import combinations, islice, product
from math import isfinite
from typing import Any

from schemas.alert import LONGEST_FIELD, Evidence
from schemas.duty import is_own
from schemas.event import Event
from schemas.rule import CorrelationType
from schemas.signal import FieldValue, Signal
from services.matcher.domain.detection.fields import KINDS, MAPS, ROLES, Value, as_text
from services.matcher.domain.rules.budget import UNLIMITED, Budget
from services.matcher.domain.rules.excerpt import make_evidence
from services.matcher.domain.rules.matching import RuleMatch, ViewEvent, match_event
from services.matcher.domain.rules.rulebook import Rulebook
from services.matcher.domain.text.cut import LONGEST_KEY, cut_key, cut_text, cut_values
from services.matcher.domain.text.fold import fold
from services.matcher.domain.windows.divergence import HAS_VALUE, LACKS_VALUE
from services.matcher.domain.windows.window_rule import (
    NOVEL,
    NUMERIC,
    PAIR_SEPARATOR,
    TWO_SIDED,
    WindowRule,
)

MOST_GROUPS = 64
LARGEST_FIELDS = 4000
"""Bytes of the template fields of one hit together."""


def make_signals(
    rulebook: Rulebook,
    event: Event,
    budget: Budget = UNLIMITED,
    view: ViewEvent | None = None,
) -> tuple[Signal, ...]:
    """The hits of the event. Vedette's own events give none."""
    if is_own(event.source):
        return ()
    matches = match_event(rulebook, event, budget, view)
    return tuple(_make_hits(rulebook, matches, budget)) if matches else ()


def _make_hits(
    rulebook: Rulebook, matches: Iterable[RuleMatch], budget: Budget
) -> Iterator[Signal]:
    for match in matches:
        hits = tuple(_match_hits(rulebook, match))
        if budget.allows(match.rule):
            yield from hits


def _match_hits(rulebook: Rulebook, match: RuleMatch) -> Iterator[Signal]:
    windows = rulebook.feeds.get(match.rule.key, ())
    if windows:
        evidence = make_evidence(match)
        for window in windows:
            yield from make_window_hits(window, match, evidence, rulebook.number)


def make_window_hits(
    window: WindowRule, match: RuleMatch, evidence: Evidence, bundle: int
) -> Iterator[Signal]:
    """A hit for each group; none if a group field or the counted field is absent."""
    values, by = _values_and_sides(window, match)
    if (window.counted_field and not values) or (window.type in TWO_SIDED and not (values and by)):
        return
    groups = _groups(window, match)
    group = next(groups, None)
    if group is None:
        return
    hit = Signal(
        pack=window.pack,
        rule=window.name,
        base=match.rule.name,
        bundle=bundle,
        group=group,
        values=values,
        by=cut_values(by),
        fields=dict(_take_fields(_template_fields(window, match))),
        evidence=evidence,
        **_event_fields(match.view.event),
    )
    yield hit
    for group in groups:
        yield hit.model_copy(update={"group": group})


def _event_fields(event: Event) -> dict[str, Any]:
    return {
        "identity": cut_key(event.identity),
        "occurred_at": event.occurred_at,
        "occurred_until": event.occurred_until,
        "story": cut_key(event.cluster),
        "owner": cut_key(event.source_owner or event.source),
        "exercise": event.exercise,
    }


def _counted_values(window: WindowRule, match: RuleMatch) -> tuple[str, ...]:
    members = _members(window, match, window.counted_field) if window.counted_field else ()
    return cut_values(filter(_is_number, members) if window.type in NUMERIC else members)


def _values_and_sides(
    window: WindowRule, match: RuleMatch
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The counted values, and for types with two sides those that they are by."""
    if window.type is CorrelationType.SHARED_TERM:
        terms = (fold(term).strip() for term in match.members(window.subject or ""))
        return cut_values(filter(None, terms)), match.members(window.by or "")
    if window.type is CorrelationType.DIVERGENCE:
        values = {value.casefold() for value in match.members(window.subject or "")}
        has_value = (window.compared_value or "").casefold() in values
        return (HAS_VALUE if has_value else LACKS_VALUE,), _acting_lists(window, match)
    return _counted_values(window, match), ()


def _acting_lists(window: WindowRule, match: RuleMatch) -> tuple[str, ...]:
    actors = set(match.members("actor_ids"))
    members = match.view.lists.members
    return tuple(name for name in window.between if actors & members.get(name, frozenset()))


def _members(window: WindowRule, match: RuleMatch, field: str) -> tuple[str, ...]:
    """The members of a field, or of the field that it is an alias of for the base rule."""
    return match.members(window.aliases.get(field, {}).get(match.rule.name, field))


def _is_number(text: str) -> bool:
    try:
        return len(text) <= LONGEST_KEY and isfinite(float(text))
    except ValueError:
        return False


def _groups(window: WindowRule, match: RuleMatch) -> Iterator[dict[str, str]]:
    """The combinations of the matched members of the fields, at most 64."""
    fields = {field: sorted(_members(window, match, field)) for field in window.group_by}
    if window.subject is not None and window.type in NOVEL:
        fields[window.subject] = _novel_values(window, match, window.subject)
    for chosen in islice(product(*fields.values()), MOST_GROUPS):
        yield dict(zip(fields, map(cut_key, chosen), strict=True))


def _novel_values(window: WindowRule, match: RuleMatch, field: str) -> list[str]:
    """The members of the field, or pairs of opponents, by which such a rule groups."""
    members = sorted(match.members(field))
    if window.type is CorrelationType.NEW_VALUE:
        return members
    are_opposed = match.view.lists.are_opposed
    return [PAIR_SEPARATOR.join(pair) for pair in combinations(members, 2) if are_opposed(*pair)]


def _template_fields(window: WindowRule, match: RuleMatch) -> Iterator[tuple[str, FieldValue]]:
    """The fields that the templates read; each entry of a map by its dotted name."""
    for name in sorted(window.template_fields):
        if name in MAPS:
            for inner in getattr(match.view.event, name):
                yield f"{name}.{inner}", _field_value(match.view.values(f"{name}.{inner}"))
        elif name in ROLES:
            yield name, _field_value(match.members(name))
        elif name in KINDS:
            yield name, _field_value(match.view.values(name))


def _take_fields(
    fields: Iterable[tuple[str, FieldValue]],
) -> Iterator[tuple[str, FieldValue]]:
    """Those that there is room for; the entries of a map may be many."""
    room = LARGEST_FIELDS
    for name, value in fields:
        size = len(name.encode()) + _size(value)
        if size <= room:
            room -= size
            yield name, value


def _size(value: FieldValue) -> int:
    texts = value if isinstance(value, tuple) else (str(value),)
    return sum(len(text.encode()) for text in texts)


def _field_value(values: tuple[Value, ...]) -> FieldValue:
    if len(values) == 1:
        return _scalar(values[0])
    return cut_values((str(_scalar(value)) for value in values), LONGEST_FIELD) or None


def _scalar(value: Value) -> str | float:
    return value if isinstance(value, float) else cut_text(as_text(value), LONGEST_FIELD)
