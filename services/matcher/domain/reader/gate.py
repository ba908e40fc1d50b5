"""The gate: which rules a report may be suspected of, so that the model reads few reports."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from schemas.event import Event
from services.matcher.domain.detection.means_tests import EVERY_MEANING
from services.matcher.domain.detection.view import EventView
from services.matcher.domain.rules.matching import view_event
from services.matcher.domain.rules.rulebook import (
    CompiledRule,
    PackRules,
    Rulebook,
)


@dataclass(frozen=True, slots=True)
class GatedReport:
    """A report as one pack sees it, and the rules that it may be suspected of."""

    view: EventView
    rules: tuple[CompiledRule, ...]


def pass_gate(rulebook: Rulebook, event: Event) -> Iterator[GatedReport]:
    """For each pack the rules whose every other condition holds, and that words do not find.

    `rulebook` is one of `make_reader_rulebook`. A retraction passes nowhere.
    """
    if event.retracts is not None:
        return
    for pack, view in view_event(rulebook, event):
        rules = tuple(_find_open(pack, view))
        if rules:
            yield GatedReport(view, rules)


def _find_open(pack: PackRules, view: EventView) -> Iterator[CompiledRule]:
    anything = replace(view, meant=EVERY_MEANING)
    for rule in pack.candidates(view):
        if rule.predicate.holds(anything) and not rule.predicate.holds(view):
            yield rule
