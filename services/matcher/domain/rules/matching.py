"""Matching: the rules that an event matches, by which words, for which members of lists."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from schemas.event import Event
from services.matcher.domain.detection.fields import ROLES, as_text, words
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

    @property
    def said(self) -> str:
        """What its `says` found, in a line: `houthis > attack, vessel`; empty without any."""
        lines = (test.said(self.view) for test in self.rule.sentence_tests)
        return "; ".join(dict.fromkeys(filter(None, lines)))

    def members(self, field: str) -> tuple[str, ...]:
        """The values of a field that the rule selected, as text.

        All of them, if the rule has no selection on that field. For `doers` and `undergoers` those
        whom its `says` finds.
        """
        if field in ROLES:
            tests, view = self.rule.sentence_tests, self.view
            return tuple(
                dict.fromkeys(member for test in tests for member in test.roles(field, view))
            )
        selections = self.rule.selections(field)
        if not selections:
            return tuple(dict.fromkeys(map(as_text, self.view.values(field))))
        members = (member for test in selections for member in test.members(self.view))
        return tuple(dict.fromkeys(members))


ViewEvent = Callable[[Rulebook, Event], Iterable[tuple[PackRules, EventView]]]
"""What makes a view of an event for each pack of a rulebook: `view_event`, or SharedViews."""


def match_event(
    rulebook: Rulebook,
    event: Event,
    budget: Budget = UNLIMITED,
    view: ViewEvent | None = None,
) -> tuple[RuleMatch, ...]:
    """The rules that the event matches within the budget, in the order of their files.

    A retraction matches none. Without `view`, `view_event` makes the views, of packs with rules.
    """
    if event.retracts is not None:
        return ()
    matches: list[RuleMatch] = []
    for pack, viewed in (view or _view_for_rules)(rulebook, event):
        candidates = pack.candidates(viewed)
        budget.allows(None)
        for rule in candidates:
            holds = rule.predicate.holds(viewed)
            if budget.allows(rule) and holds:
                matches.append(RuleMatch(rule, viewed))
    return tuple(matches)


def view_event(rulebook: Rulebook, event: Event) -> list[tuple[PackRules, EventView]]:
    """A view of the event for each pack; they share one scan."""
    return _view_for(rulebook.packs, rulebook, event)


def _view_for_rules(rulebook: Rulebook, event: Event) -> list[tuple[PackRules, EventView]]:
    """A view for each pack that has rules: one of lists alone matches nothing."""
    return _view_for([pack for pack in rulebook.packs if pack.rules], rulebook, event)


def _view_for(
    packs: Iterable[PackRules], rulebook: Rulebook, event: Event
) -> list[tuple[PackRules, EventView]]:
    scan = rulebook.scanner.scan(scanned_texts(event, rulebook.scanned))
    return [(pack, EventView(event, scan, pack.lists)) for pack in packs]


@dataclass(frozen=True, slots=True)
class SharedViews:
    """The views of a rulebook for parts of it: an event is scanned once, whatever part asks."""

    rulebook: Rulebook
    _of_event: dict[int, Mapping[str, EventView]] = field(default_factory=dict, init=False)

    def __call__(self, part: Rulebook, event: Event) -> Iterator[tuple[PackRules, EventView]]:
        """A view of the event, which outlives this object, for each pack of `part`."""
        views = self._of_event.get(id(event))
        if views is None:
            views = {pack.name: view for pack, view in view_event(self.rulebook, event)}
            self._of_event[id(event)] = views
        for pack in part.packs:
            yield pack, views[pack.name]


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
