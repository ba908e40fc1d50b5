"""Matching: the rules that an event matches, by which words, for which members of lists."""

from collections.abc import Iterator
from dataclasses import dataclass

from schemas.event import Event
from services.matcher.domain.detection.fields import as_text, words
from services.matcher.domain.detection.view import EventView, scanned_texts
from services.matcher.domain.rules.budget import UNLIMITED, Budget
from services.matcher.domain.rules.rulebook import CompiledRule, PackRules, Rulebook
from services.matcher.domain.text.fold import CharSpan


@dataclass(frozen=True, slots=True)
class RuleMatch:
    """A rule that the event matches."""

    rule: CompiledRule
    view: EventView

    @property
    def spans(self) -> tuple[CharSpan, ...]:
        """The spans of the matched words in the raw words (title and text together), in order."""
        spans = {
            span
            for test in self.rule.positive_tests
            for span in test.char_spans(self.view)
            if span.start < span.end
        }
        return tuple(sorted(spans))

    def members(self, field: str) -> tuple[str, ...]:
        """The values of a field that the rule selected, as text.

        All of them, if the rule has no selection on that field.
        """
        selections = self.rule.selections(field)
        if not selections:
            return tuple(dict.fromkeys(map(as_text, self.view.values(field))))
        members = (member for test in selections for member in test.members(self.view))
        return tuple(dict.fromkeys(members))


def match_event(
    rulebook: Rulebook, event: Event, budget: Budget = UNLIMITED
) -> tuple[RuleMatch, ...]:
    """The rules that the event matches within the budget, in the order of their files.

    A retraction matches none.
    """
    if event.retracts is not None:
        return ()
    matches: list[RuleMatch] = []
    for pack, view in view_event(rulebook, event):
        matches += [RuleMatch(rule, view) for rule in _find_holding(pack, view, budget)]
    return tuple(matches)


def _find_holding(pack: PackRules, view: EventView, budget: Budget) -> Iterator[CompiledRule]:
    candidates = pack.candidates(view)
    budget.allows(None)
    for rule in candidates:
        holds = rule.predicate.holds(view)
        if budget.allows(rule) and holds:
            yield rule


def view_event(rulebook: Rulebook, event: Event) -> Iterator[tuple[PackRules, EventView]]:
    """A view of the event for each pack; they share one scan."""
    scan = rulebook.scanner.scan(scanned_texts(event, rulebook.scanned))
    for pack in rulebook.packs:
        yield pack, EventView(event, scan, pack.lists)


def derive_values(rulebook: Rulebook, event: Event, field: str) -> tuple[str, ...]:
    """The values of a field (`entities`, `names`, `sites`) by the lists of any pack, sorted."""
    views = view_event(rulebook, event)
    return tuple(sorted({as_text(value) for _, view in views for value in view.values(field)}))


def find_unknown_names(rulebook: Rulebook, event: Event) -> tuple[str, ...]:
    """The values of `names`, each in the first spelling of the event, sorted."""
    text = words(event)
    spellings: dict[str, str] = {}
    for _, view in view_event(rulebook, event):
        for unknown in view.unknown_names():
            spelling = " ".join(text[unknown.span.start : unknown.span.end].split())
            spellings.setdefault(unknown.name, spelling)
    return tuple(sorted(spellings.values()))
