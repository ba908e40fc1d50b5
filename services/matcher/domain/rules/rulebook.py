"""The rules in force: an immutable set, compiled and indexed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from services.matcher.domain.detection.lists import NAMED_IN, Lists
from services.matcher.domain.detection.predicates import (
    Atom,
    FieldTest,
    Predicate,
    Rarity,
    affirmed,
    field_tests,
)
from services.matcher.domain.detection.prefilter import (
    Prefilter,
    Values,
    prefilter_of,
    shares,
    values_of,
)
from services.matcher.domain.detection.selectivity import rarity
from services.matcher.domain.detection.view import EventView
from services.matcher.domain.duty.watched_sources import WatchedSources
from services.matcher.domain.hypotheses.hypothesis import WatchedHypothesis
from services.matcher.domain.text.proximity import Pair, may_stand
from services.matcher.domain.text.scan import Scanner
from services.matcher.domain.windows.window_rule import WindowRule

_LONG_LIST = 16
RuleKey = tuple[str, str]
"""Pack and rule name."""


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A detection rule, ready to be asked."""

    pack: str
    name: str
    predicate: Predicate
    affirmed: tuple[FieldTest, ...] = field(init=False, repr=False, compare=False)
    """The conditions that stand under no `not`."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "affirmed", tuple(affirmed(self.predicate)))

    def selections(self, name: str) -> list[FieldTest]:
        """The conditions that select among the values of a field."""
        return [leaf for leaf in self.affirmed if leaf.field == name and leaf.selects]


@dataclass(frozen=True, slots=True)
class PackRules:
    """The detection rules of one pack, each registered under what it cannot match without.

    `always` are the costly ones: nothing is known that they could be registered under. `beside`
    has for each rule a literal that it cannot match without either, or nothing; `pairs` has for
    some of them words that must stand near one another, and `fields` a field and the values of
    which it must have one. A long list is one entry of `by_list`, not one for each member.
    """

    name: str
    lists: Lists
    rules: tuple[CompiledRule, ...]
    always: tuple[int, ...]
    by_literal: Mapping[str, tuple[int, ...]]
    by_value: Mapping[str, Mapping[str, tuple[int, ...]]]
    beside: tuple[str, ...]
    pairs: Mapping[int, Pair] = field(default_factory=dict)
    fields: Mapping[int, Values] = field(default_factory=dict)
    by_list: Mapping[Values, tuple[int, ...]] = field(default_factory=dict)

    def candidates(self, view: EventView) -> Iterable[CompiledRule]:
        """The rules that might match, in the order of their files."""
        literals, beside = view.scan.literals, self.beside
        told = {
            number
            for number in self._registered(view)
            if not beside[number] or beside[number] in literals
        }
        return [self.rules[one] for one in sorted(told) if self._may_match(one, view)]

    def _registered(self, view: EventView) -> Iterator[int]:
        """Those that are registered under something that the event has, or under nothing."""
        yield from self.always
        for literal in self.by_literal.keys() & view.scan.literals:
            yield from self.by_literal[literal]
        for name, rules in self.by_value.items():
            for value in view.caseless(name):
                yield from rules.get(value, ())
        for (name, values), listed in self.by_list.items():
            if not values.isdisjoint(view.caseless(name)):
                yield from listed

    def _may_match(self, number: int, view: EventView) -> bool:
        field = self.fields.get(number)
        if field is not None and field[1].isdisjoint(view.caseless(field[0])):
            return False
        pair = self.pairs.get(number)
        return pair is None or may_stand(view.scan, pair)

    def costly(self) -> Iterable[CompiledRule]:
        """The rules that are asked of every event."""
        return (self.rules[number] for number in self.always)

    def literals(self) -> Iterable[str]:
        """What the scan has to look for: what brings rules up, and what is asked every time."""
        yield from self.by_literal
        yield from filter(None, self.beside)
        yield from self.lists.literals()
        for rule in self.costly():
            for leaf in field_tests(rule.predicate):
                yield from leaf.literals()


def index_rules(
    name: str, lists: Lists, rules: Iterable[CompiledRule], rarity: Rarity = rarity
) -> PackRules:
    """The rules of a pack with their index, each under its rarest required atoms."""
    known, share = tuple(rules), shares(rarity)
    found = [prefilter_of(rule.predicate, share) for rule in known]
    by_field, by_list = _registered_under(found)
    return PackRules(
        name=name,
        lists=lists,
        rules=known,
        always=tuple(number for number, one in enumerate(found) if not one.atoms),
        by_literal=by_field.pop("", {}),
        by_value=by_field,
        beside=tuple(one.beside for one in found),
        pairs={number: one.pair for number, one in enumerate(found) if one.pair},
        fields={number: one.field for number, one in enumerate(found) if one.field},
        by_list=by_list,
    )


def _registered_under(
    found: Iterable[Prefilter],
) -> tuple[dict[str, dict[str, tuple[int, ...]]], Mapping[Values, tuple[int, ...]]]:
    """The numbers of the rules by field and value, literals under no field, and by long list."""
    by_atom: dict[Atom, list[int]] = {}
    by_list: dict[Values, list[int]] = {}
    for number, one in enumerate(found):
        values = values_of(one.atoms) if len(one.atoms) >= _LONG_LIST else None
        if values is not None:
            by_list.setdefault(values, []).append(number)
            continue
        for atom in one.atoms:
            by_atom.setdefault(atom, []).append(number)
    by_field: dict[str, dict[str, tuple[int, ...]]] = {}
    for (place, value), numbers in by_atom.items():
        by_field.setdefault(place, {})[value] = tuple(numbers)
    return by_field, {values: tuple(numbers) for values, numbers in by_list.items()}


def unindexed(pack: PackRules, rules: Iterable[CompiledRule]) -> PackRules:
    """The pack with these rules alone, of which every event is asked each."""
    known = tuple(rules)
    numbers = tuple(range(len(known)))
    return PackRules(pack.name, pack.lists, known, numbers, {}, {}, ("",) * len(known))


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Every rule in force.

    `windows` holds each rule that alerts, `feeds` the windows that hits of a detection rule go to.
    `hypotheses` hear what the windows of their indicators say, and of silent `sources`. `number` is
    that of the bundle.
    """

    packs: tuple[PackRules, ...] = ()
    windows: Mapping[RuleKey, WindowRule] = field(default_factory=lambda: MappingProxyType({}))
    feeds: Mapping[RuleKey, tuple[WindowRule, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    scanner: Scanner = field(default_factory=lambda: Scanner(()))
    scanned: tuple[str, ...] = ()
    hypotheses: tuple[WatchedHypothesis, ...] = ()
    number: int = 0
    sources: WatchedSources = field(default_factory=WatchedSources)


def assemble_rulebook(packs: Iterable[PackRules], windows: Iterable[WindowRule]) -> Rulebook:
    """A rulebook of these; its scan knows every name and phrase of theirs."""
    known, told = tuple(packs), tuple(windows)
    feeds: dict[RuleKey, list[WindowRule]] = {}
    for window in told:
        for base in window.bases:
            feeds.setdefault((window.pack, base), []).append(window)
    every = [leaf for pack in known for rule in pack.rules for leaf in field_tests(rule.predicate)]
    return Rulebook(
        packs=known,
        windows=MappingProxyType({(window.pack, window.name): window for window in told}),
        feeds=MappingProxyType({base: tuple(fed) for base, fed in feeds.items()}),
        scanner=scanner_of(known),
        scanned=_scanned(every, named=any(pack.lists.names for pack in known)),
    )


def scanner_of(packs: Iterable[PackRules]) -> Scanner:
    """The one scanner for all of them."""
    return Scanner(literal for pack in packs for literal in pack.literals())


def _scanned(every: Iterable[FieldTest], *, named: bool) -> tuple[str, ...]:
    """The fields whose text goes through the scan."""
    fields = {text for leaf in every for text in leaf.scans()}
    return tuple(sorted(fields | (set(NAMED_IN) if named else set())))
