"""A rulebook: an immutable set of compiled and indexed rules."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from services.matcher.domain.detection.lists import Lists
from services.matcher.domain.detection.mentions import NAMED_IN
from services.matcher.domain.detection.predicates import (
    FieldTest,
    Predicate,
    field_tests,
    positive_tests,
)
from services.matcher.domain.detection.report_sentences import GRAMMAR_LISTS
from services.matcher.domain.detection.selectivity import selectivity_beside
from services.matcher.domain.detection.view import EventView
from services.matcher.domain.duty.watched_sources import WatchedSources
from services.matcher.domain.hypotheses.hypothesis import WatchedHypothesis
from services.matcher.domain.rules.rule_index import RuleIndex, make_index, without_prefilters
from services.matcher.domain.text.scan import Scanner
from services.matcher.domain.windows.window_rule import WindowRule
from services.matcher.domain.words.word_index import index_words
from services.matcher.domain.words.word_list import IndexedList

RuleKey = tuple[str, str]
"""Pack and rule name."""


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A detection rule and its predicate; `positive_tests` are those under no `not`.

    `sentence_tests` are those of them that find who does what in a sentence. `suspicion` is the
    predicate with its meanings, for the reader; None if it has none.
    """

    pack: str
    name: str
    predicate: Predicate
    suspicion: Predicate | None = None
    key: RuleKey = field(init=False, repr=False, compare=False)
    positive_tests: tuple[FieldTest, ...] = field(init=False, repr=False, compare=False)
    sentence_tests: tuple[FieldTest, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", (self.pack, self.name))
        tests = tuple(positive_tests(self.predicate))
        object.__setattr__(self, "positive_tests", tests)
        reading = tuple(test for test in tests if test.reads_sentences)
        object.__setattr__(self, "sentence_tests", reading)

    def selections(self, name: str) -> list[FieldTest]:
        """The positive tests that select among the values of a field."""
        return [test for test in self.positive_tests if test.field == name and test.selects]


@dataclass(frozen=True, slots=True)
class PackRules:
    """The detection rules of one pack with their index."""

    name: str
    lists: Lists
    rules: tuple[CompiledRule, ...]
    index: RuleIndex

    def word_lists(self) -> Iterator[IndexedList]:
        """The word lists that its rules look for, and those by which sentences are read."""
        for rule in self.rules:
            for test in field_tests(rule.predicate):
                yield from test.word_lists()
        yield from (self.lists.words[name] for name in GRAMMAR_LISTS if name in self.lists.words)

    def candidates(self, view: EventView) -> Iterable[CompiledRule]:
        """The rules that may match, in the order of their files."""
        return [self.rules[number] for number in self.index.candidates(view)]

    def costly(self) -> Iterable[CompiledRule]:
        """The rules that are evaluated on every event."""
        return (self.rules[number] for number in self.index.always)

    def literals(self) -> Iterable[str]:
        """The literals that the scan has to look for."""
        yield from self.index.literals()
        yield from self.lists.literals()
        for rule in self.costly():
            for test in field_tests(rule.predicate):
                yield from test.literals()


def index_rules(name: str, lists: Lists, rules: Iterable[CompiledRule]) -> PackRules:
    """The rules of a pack with their index."""
    rules = tuple(rules)
    by_key = {each.key: each for each in lists.words.values()}
    beside = selectivity_beside({key: each.frequency for key, each in by_key.items()})
    index = make_index((rule.predicate for rule in rules), beside, by_key)
    return PackRules(name, lists, rules, index)


def without_index(pack: PackRules, rules: Iterable[CompiledRule]) -> PackRules:
    """The pack with these rules alone, each evaluated on every event."""
    rules = tuple(rules)
    return PackRules(pack.name, pack.lists, rules, without_prefilters(len(rules)))


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Every active rule.

    `windows` has the rules that alert, `feeds` the windows that take the hits of a detection rule.
    `scanned` are the fields whose text is scanned. `number` is the number of the bundle.
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


def assemble_rulebook(
    packs: Iterable[PackRules], windows: Iterable[WindowRule], scanner: Scanner | None = None
) -> Rulebook:
    """A rulebook of these packs and windows, with a scanner for all names and phrases in them.

    One that knows more, if it is given, saves the making.
    """
    packs, windows = tuple(packs), tuple(windows)
    return Rulebook(
        packs=packs,
        windows=MappingProxyType({(window.pack, window.name): window for window in windows}),
        feeds=MappingProxyType(_group_by_base(windows)),
        scanner=scanner or _make_scanner(packs),
        scanned=_scanned_fields(packs),
    )


def _group_by_base(windows: Iterable[WindowRule]) -> dict[RuleKey, tuple[WindowRule, ...]]:
    """The windows that take the hits of each rule."""
    feeds: dict[RuleKey, list[WindowRule]] = {}
    for window in windows:
        for base in window.bases:
            feeds.setdefault((window.pack, base), []).append(window)
    return {key: tuple(of_base) for key, of_base in feeds.items()}


def _make_scanner(packs: tuple[PackRules, ...]) -> Scanner:
    index = index_words(listed for pack in packs if pack.rules for listed in pack.word_lists())
    return Scanner((literal for pack in packs for literal in pack.literals()), index)


def _scanned_fields(packs: Iterable[PackRules]) -> tuple[str, ...]:
    fields: set[str] = set()
    for pack in packs:
        fields.update(NAMED_IN if pack.lists.names else ())
        for rule in pack.rules:
            for test in field_tests(rule.predicate):
                fields.update(test.scanned_fields())
    return tuple(sorted(fields))
