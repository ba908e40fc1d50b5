"""Signals: everything that one event sends to the windows of the rules."""

from collections.abc import Iterator
from itertools import combinations, islice, product
from math import isfinite

from schemas.alert import Evidence
from schemas.duty import is_own
from schemas.event import Event
from schemas.rule import CorrelationType
from schemas.signal import FieldValue, Signal, SignalKind
from services.matcher.domain.detection.fields import KINDS, MAPS, Value, as_text
from services.matcher.domain.rules.excerpt import evidence
from services.matcher.domain.rules.matching import RuleMatch, match_event
from services.matcher.domain.rules.rulebook import Rulebook
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


def make_signals(rulebook: Rulebook, event: Event) -> tuple[Signal, ...]:
    """The event's hits, after the marks against the version that it corrects.

    A mark goes to every window that the earlier version was counted in. What Vedette publishes
    itself is for no rule.
    """
    if is_own(event.source):
        return ()
    marks = _marks(rulebook, event.earlier) if event.earlier is not None else ()
    return (*marks, *_hits(rulebook, event))


def _marks(rulebook: Rulebook, earlier: Event) -> Iterator[Signal]:
    for hit in _hits(rulebook, earlier):
        yield hit.model_copy(update={"kind": SignalKind.RETRACTION})


def _hits(rulebook: Rulebook, event: Event) -> Iterator[Signal]:
    for match in match_event(rulebook, event):
        windows = rulebook.feeds.get((match.rule.pack, match.rule.name), ())
        if windows:
            shown = evidence(match)
            for window in windows:
                yield from _window_hits(window, match, shown, rulebook.number)


def _window_hits(
    window: WindowRule, match: RuleMatch, shown: Evidence, bundle: int
) -> Iterator[Signal]:
    """One for each group; none where a group field or the counted field is absent."""
    values, by = _spoken_of(window, match)
    if (window.counted_field and not values) or (window.type in TWO_SIDED and not (values and by)):
        return
    groups = _groups(window, match)
    group = next(groups, None)
    if group is None:
        return
    event = match.view.event
    hit = Signal(
        pack=window.pack,
        rule=window.name,
        base=match.rule.name,
        bundle=bundle,
        group=group,
        identity=event.identity,
        occurred_at=event.occurred_at,
        occurred_until=event.occurred_until,
        story=event.cluster,
        owner=event.source_owner or event.source,
        values=values,
        by=by,
        fields=dict(_mentioned(window, match)),
        evidence=shown,
        exercise=event.exercise,
    )
    yield hit
    for group in groups:
        yield hit.model_copy(update={"group": group})


def _counted(window: WindowRule, match: RuleMatch) -> tuple[str, ...]:
    members = _members(window, match, window.counted_field) if window.counted_field else ()
    return tuple(filter(_is_number, members)) if window.type in NUMERIC else members


def _spoken_of(window: WindowRule, match: RuleMatch) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the hit carries, and by whom, for the types that set the one against the other."""
    if window.type is CorrelationType.SHARED_TERM:
        terms = (fold(term).strip() for term in match.members(window.subject or ""))
        return tuple(filter(None, terms)), match.members(window.by or "")
    if window.type is CorrelationType.DIVERGENCE:
        said = {value.casefold() for value in match.members(window.subject or "")}
        has_it = HAS_VALUE if (window.compared_value or "").casefold() in said else LACKS_VALUE
        return (has_it,), _lists_of(window, match)
    return _counted(window, match), ()


def _lists_of(window: WindowRule, match: RuleMatch) -> tuple[str, ...]:
    acting = set(match.members("actor_ids"))
    members = match.view.lists.members
    return tuple(name for name in window.between if acting & members.get(name, frozenset()))


def _members(window: WindowRule, match: RuleMatch, field: str) -> tuple[str, ...]:
    """The members of a field, or of the one that an alias means for this base rule."""
    return match.members(window.aliases.get(field, {}).get(match.rule.name, field))


def _is_number(text: str) -> bool:
    try:
        return isfinite(float(text))
    except ValueError:
        return False


def _groups(window: WindowRule, match: RuleMatch) -> Iterator[dict[str, str]]:
    """Every combination of the matched members of the fields; the first 64 of them."""
    fields = {field: sorted(_members(window, match, field)) for field in window.group_by}
    if window.subject is not None and window.type in NOVEL:
        fields[window.subject] = _keys(window, match, window.subject)
    for chosen in islice(product(*fields.values()), MOST_GROUPS):
        yield dict(zip(fields, chosen, strict=True))


def _keys(window: WindowRule, match: RuleMatch, field: str) -> list[str]:
    """The values that are part of the key: members of the field, or pairs of opponents."""
    members = sorted(match.members(field))
    if window.type is CorrelationType.NEW_VALUE:
        return members
    are_opposed = match.view.lists.are_opposed
    return [PAIR_SEPARATOR.join(pair) for pair in combinations(members, 2) if are_opposed(*pair)]


def _mentioned(window: WindowRule, match: RuleMatch) -> Iterator[tuple[str, FieldValue]]:
    """What the templates read; a map gives each of its entries under its dotted name."""
    for name in sorted(window.template_fields):
        if name in MAPS:
            for inner in getattr(match.view.event, name):
                yield f"{name}.{inner}", _told(match.view.values(f"{name}.{inner}"))
        elif name in KINDS:
            yield name, _told(match.view.values(name))


def _told(values: tuple[Value, ...]) -> FieldValue:
    if len(values) == 1:
        return _scalar(values[0])
    return tuple(str(_scalar(value)) for value in values) or None


def _scalar(value: Value) -> str | float:
    return value if isinstance(value, float) else as_text(value)
