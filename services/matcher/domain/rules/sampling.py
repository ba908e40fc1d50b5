"""A rulebook whose index is laid out by what reports really hold."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

from schemas.event import Event
from services.matcher.domain.detection.predicates import Atom, affirmed
from services.matcher.domain.detection.selectivity import Sample, rarity, sampled
from services.matcher.domain.detection.view import EventView, scanned_texts
from services.matcher.domain.rules.rulebook import PackRules, Rulebook, index_rules, scanner_of
from services.matcher.domain.text.scan import Scanner


def tuned(rulebook: Rulebook, reports: Sequence[Event]) -> Rulebook:
    """The same rules, each registered under what is rarest in these reports.

    It changes what matching costs, never what matches; some hundred reports are enough.
    """
    packs = tuple(_tuned(pack, rulebook.scanned, reports) for pack in rulebook.packs)
    return replace(rulebook, packs=packs, scanner=scanner_of(packs))


def _tuned(pack: PackRules, scanned: Iterable[str], reports: Sequence[Event]) -> PackRules:
    seen = _sample(pack, tuple(scanned), reports)
    return index_rules(pack.name, pack.lists, pack.rules, partial(rarity, sample=seen))


def _sample(pack: PackRules, scanned: tuple[str, ...], reports: Sequence[Event]) -> Sample:
    atoms = {
        atom
        for rule in pack.rules
        for leaf in affirmed(rule.predicate)
        for group in leaf.groups()
        for atom in group
    }
    fields = sorted({field for field, _ in atoms if field})
    words = {literal for field, literal in atoms if not field}
    scanner = Scanner({*words, *pack.lists.literals()})
    views = (
        EventView(one, scanner.scan(scanned_texts(one, scanned)), pack.lists) for one in reports
    )
    return sampled(_atoms(view, fields) & atoms for view in views)


def _atoms(view: EventView, fields: Iterable[str]) -> frozenset[Atom]:
    words = {("", literal) for literal in view.scan.literals}
    return frozenset(words | {(field, value) for field in fields for value in view.caseless(field)})
