"""Which rules an event matches, by what words, and for which members of its lists."""

from collections.abc import Iterator
from dataclasses import dataclass

from schemas.event import Event
from services.matcher.domain.detection.fields import as_text, words
from services.matcher.domain.detection.view import EventView, scanned_texts
from services.matcher.domain.rules.rulebook import CompiledRule, PackRules, Rulebook
from services.matcher.domain.text.fold import CharSpan


@dataclass(frozen=True, slots=True)
class RuleMatch:
    """One rule that the event matches."""

    rule: CompiledRule
    view: EventView

    @property
    def spans(self) -> tuple[CharSpan, ...]:
        """Where the matched words stand in the raw words (title and text together), in order."""
        found = {
            stretch
            for leaf in self.rule.affirmed
            for stretch in leaf.stretches(self.view)
            if stretch.start < stretch.end
        }
        return tuple(sorted(found))

    def members(self, field: str) -> tuple[str, ...]:
        """The values of a field that take part, as text: those that the rule selected.

        All of them, if the rule has no selection on that field.
        """
        selections = self.rule.selections(field)
        if not selections:
            return tuple(dict.fromkeys(map(as_text, self.view.values(field))))
        found = (member for leaf in selections for member in leaf.members(self.view))
        return tuple(dict.fromkeys(found))


def match_event(rulebook: Rulebook, event: Event) -> tuple[RuleMatch, ...]:
    """The rules that the event matches, in the order of their files.

    A retraction matches nothing itself.
    """
    if event.retracts is not None:
        return ()
    found: list[RuleMatch] = []
    for pack, view in views(rulebook, event):
        found += [
            RuleMatch(rule, view) for rule in pack.candidates(view) if rule.predicate.holds(view)
        ]
    return tuple(found)


def views(rulebook: Rulebook, event: Event) -> Iterator[tuple[PackRules, EventView]]:
    """The event as each pack sees it, after one scan for all."""
    scan = rulebook.scanner.scan(scanned_texts(event, rulebook.scanned))
    for pack in rulebook.packs:
        yield pack, EventView(event, scan, pack.lists)


def derived(rulebook: Rulebook, event: Event, field: str) -> tuple[str, ...]:
    """What any pack finds for a field (`entities`, `names`, `sites`), in order of the alphabet."""
    found = {as_text(value) for _, view in views(rulebook, event) for value in view.values(field)}
    return tuple(sorted(found))


def unknown_names(rulebook: Rulebook, event: Event) -> tuple[str, ...]:
    """The values of `names` as the event first writes each, in order of the alphabet."""
    said = words(event)
    written: dict[str, str] = {}
    for _, view in views(rulebook, event):
        for one in view.unknown_names():
            spelling = " ".join(said[one.stretch.start : one.stretch.end].split())
            written.setdefault(one.name, spelling)
    return tuple(sorted(written.values()))


def entities(rulebook: Rulebook, event: Event) -> tuple[str, ...]:
    """The ids of every list member that the event names, in order of the alphabet."""
    return derived(rulebook, event, "entities")
