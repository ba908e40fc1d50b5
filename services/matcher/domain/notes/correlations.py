"""Notes on correlation rules: windows and conditions that work against one another."""

from collections.abc import Iterator
from math import ceil, floor

from schemas.rule import Condition, Correlation, CorrelationRule, CorrelationType
from services.document_faults import InvalidField
from services.matcher.domain.windows.window_rule import TEMPORAL


def note_lone_temporal(rule: CorrelationRule) -> Iterator[InvalidField]:
    """A temporal rule over one rule: nothing has to come together."""
    section = rule.correlation
    if section.type in TEMPORAL and len(set(section.rules)) == 1:
        message = f"{section.type} over one rule fires whenever {section.rules[0]} does"
        hint = "name the other rules, or count with event_count"
        yield InvalidField(("correlation", "rules"), message, hint)


def note_short_memory(rule: CorrelationRule) -> Iterator[InvalidField]:
    """A history or baseline that is shorter than the timespan that is compared with it."""
    section = rule.correlation
    for name in ("history", "baseline"):
        length = getattr(section, name)
        if length is not None and length < section.timespan:
            yield InvalidField(
                ("correlation", name),
                f"the {name} is shorter than the timespan",
                f"make the {name} several times the timespan",
            )


def note_scarce_sources(rule: CorrelationRule) -> Iterator[InvalidField]:
    """More sources than hits: what meets the condition need not be corroborated."""
    needed = rule.corroboration.sources if rule.corroboration else 0
    hits = find_fewest_hits(rule.correlation)
    if hits is not None and needed > hits:
        yield InvalidField(
            ("corroboration", "sources"),
            f"{needed} sources are asked for, and the condition holds from hit {hits} on",
            f"ask for {needed} hits, or for fewer sources",
        )


def find_fewest_hits(section: Correlation) -> int | None:
    """The fewest hits with which a rule that counts them fires; None for another rule."""
    if section.type not in TEMPORAL | {CorrelationType.EVENT_COUNT}:
        return None
    if section.condition is None:
        return len(set(section.rules))
    return None if isinstance(section.condition, str) else _fewest(section.condition)


def _fewest(condition: Condition) -> int:
    """The least count above the lower bounds; a hit is needed in any case."""
    bounds = [1]
    bounds += [ceil(bound) for bound in (condition.gte, condition.eq) if bound is not None]
    bounds += [floor(condition.gt) + 1] if condition.gt is not None else []
    return max(bounds)
