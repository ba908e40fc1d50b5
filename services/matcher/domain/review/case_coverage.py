"""What of the detection rules no case meets: selections, and their phrases and list names."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from schemas.event import Event
from schemas.rule import DetectionRule, RuleDocument
from services.matcher.domain.backtest.cases import InvalidCase, build_events
from services.matcher.domain.detection.lists import Lists
from services.matcher.domain.detection.view import EventView
from services.matcher.domain.packs.documents import LocatedDocument, PackDocuments
from services.matcher.domain.review.explain_condition import compile_part
from services.matcher.domain.review.written_values import list_values
from services.matcher.domain.rules.matching import view_event
from services.matcher.domain.rules.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class UnmetPart:
    """A selection of a rule, or one value of it, that no event of its file's cases meets."""

    file: str
    rule: str
    selection: str
    value: str | None = None

    def __str__(self) -> str:
        """As people read it."""
        what = (
            f"{self.selection} is" if self.value is None else f"{self.selection}: {self.value} is"
        )
        return f"{self.file}: {self.rule}: {what} met by no case"


def find_unmet(packs: Iterable[PackDocuments], rulebook: Rulebook) -> Iterator[UnmetPart]:
    """Every part that no case of its file meets; where a selection is not met, not its values.

    Parts that stand behind a `not` are among them: a case should show what they hold back.
    """
    lists = {pack.name: pack.lists for pack in rulebook.packs}
    for pack in packs:
        files = groupby(pack.rules, key=lambda rule: rule.origin.file)
        for file, rules in files if pack.name in lists else ():
            views = _view_all(rulebook, pack.name, _list_events(pack, file))
            for rule in rules:
                yield from _find_unmet_parts(rule, lists[pack.name], views)


def _list_events(pack: PackDocuments, file: str) -> Iterator[Event]:
    for rule in pack.rules:
        if rule.origin.file == file:
            for test in rule.document.tests:
                try:
                    yield from build_events(test)
                except InvalidCase:
                    continue  # a fault of its own


def _view_all(rulebook: Rulebook, pack: str, events: Iterable[Event]) -> Sequence[EventView]:
    return [
        view for event in events for each, view in view_event(rulebook, event) if each.name == pack
    ]


def _find_unmet_parts(
    rule: LocatedDocument[RuleDocument], lists: Lists, views: Sequence[EventView]
) -> Iterator[UnmetPart]:
    document = rule.document
    for selection, definition in _list_selections(document):
        if not _is_met(definition, lists, views):
            yield UnmetPart(rule.origin.file, document.name, selection)
            continue
        for text, value in list_values(definition):
            if not _is_met(value, lists, views):
                yield UnmetPart(rule.origin.file, document.name, selection, text)


def _list_selections(document: RuleDocument) -> Iterator[tuple[str, object]]:
    """Those that words decide: what is meant is for `rules score --reader`."""
    if isinstance(document, DetectionRule):
        for name, definition in document.detection.items():
            keys = definition if isinstance(definition, Mapping) else ()
            if name != "condition" and not any("means" in key.split("|") for key in keys):
                yield name, definition


def _is_met(definition: object, lists: Lists, views: Sequence[EventView]) -> bool:
    predicate = compile_part(definition, lists)
    return predicate is not None and any(predicate.holds(view) for view in views)
