"""Compiles the documents of rule packs to a rulebook, and collects every fault."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from schemas.rule import DetectionRule
from services.document_faults import DocumentFault
from services.matcher.domain.detection.compile_detection import compile_detection
from services.matcher.domain.detection.lists import Lists, build_lists
from services.matcher.domain.detection.means_tests import means_tests, without_means
from services.matcher.domain.detection.places import build_places
from services.matcher.domain.detection.predicates import Predicate
from services.matcher.domain.detection.strings import Expressions
from services.matcher.domain.hypotheses.hypothesis import WatchedHypothesis, compile_hypothesis
from services.matcher.domain.packs.documents import PackDocuments
from services.matcher.domain.rules.compile_sources import compile_sources
from services.matcher.domain.rules.compile_windows import compile_windows
from services.matcher.domain.rules.feeders import add_sources, map_required_sources
from services.matcher.domain.rules.references import (
    Rules,
    list_floor_faults,
    list_hypothesis_faults,
    unique_rules,
)
from services.matcher.domain.rules.rulebook import (
    CompiledRule,
    PackRules,
    Rulebook,
    assemble_rulebook,
    index_rules,
)
from services.matcher.domain.text.organisation_heads import DEFAULT, heads_of
from services.matcher.domain.windows.window_rule import WindowRule
from services.matcher.domain.words.bind_lists import SharedLists
from services.matcher.domain.words.visible_lists import gather_lists

T = TypeVar("T")


def compile_packs(packs: Iterable[PackDocuments]) -> tuple[Rulebook, tuple[DocumentFault, ...]]:
    """The rulebook of all good rules, and every fault; a bad rule stops no other."""
    packs = tuple(packs)
    faults: list[DocumentFault] = []
    shared = SharedParts({pack.name: pack for pack in packs})
    compiled = [_PackCompiler(pack, faults, shared).compile() for pack in packs]
    hypotheses = tuple(hypothesis for pack in compiled for hypothesis in pack.hypotheses)
    rulebook = assemble_rulebook(
        (pack.rules for pack in compiled),
        (window for pack in compiled for window in pack.windows),
    )
    sources = compile_sources((pack.pack.sources for pack in packs), hypotheses)
    return replace(rulebook, hypotheses=hypotheses, sources=sources), tuple(faults)


@dataclass(frozen=True, slots=True)
class SharedParts:
    """What the packs that are compiled together share: each other, expressions and word lists."""

    packs: Mapping[str, PackDocuments]
    expressions: Expressions = field(default_factory=Expressions)
    word_lists: SharedLists = field(default_factory=SharedLists)


@dataclass(frozen=True, slots=True)
class CompiledPack:
    """What a pack adds to a rulebook."""

    rules: PackRules
    windows: tuple[WindowRule, ...]
    hypotheses: tuple[WatchedHypothesis, ...]


@dataclass(frozen=True, slots=True)
class _PackCompiler:
    """Compiles one pack; adds each fault to `faults` and goes on."""

    documents: PackDocuments
    faults: list[DocumentFault]
    shared: SharedParts

    def compile(self) -> CompiledPack:
        """Everything of the pack that is free of faults."""
        self.faults.extend(list_floor_faults(self.documents))
        lists = self._lists()
        documents = self._keep(unique_rules(self.documents.rules))
        rules = tuple(self._rules(documents, lists))
        windows = self._keep(compile_windows(self.documents, documents, rules))
        hypotheses = tuple(self._hypotheses(documents, rules))
        names = {**lists.places.titles, **lists.titles}
        return CompiledPack(
            index_rules(self.documents.name, lists, rules),
            tuple(
                replace(window, names=names, hypotheses=_listing(window, hypotheses))
                for window in windows
            ),
            hypotheses,
        )

    def _keep(self, result: tuple[T, tuple[DocumentFault, ...]]) -> T:
        value, faults = result
        self.faults.extend(faults)
        return value

    def _lists(self) -> Lists:
        lists = self._keep(build_lists(self.documents.lists))
        places = self._keep(build_places(self.documents.places, lists.members))
        nouns = self.documents.pack.organisation_heads
        visible = self._keep(gather_lists(self.documents, self.shared.packs))
        return replace(
            lists,
            places=places,
            heads=DEFAULT if nouns is None else heads_of(nouns),
            words=self.shared.word_lists.bind(visible),
        )

    def _rules(self, documents: Rules, lists: Lists) -> Iterator[CompiledRule]:
        for rule in documents:
            if isinstance(rule.document, DetectionRule):
                detection = rule.document.detection
                predicate, errors = compile_detection(detection, lists, self.shared.expressions)
                self.faults.extend(map(rule.origin.fault, errors))
                if predicate is not None:
                    yield _make_rule(self.documents.name, rule.document.name, predicate)

    def _hypotheses(
        self, documents: Rules, rules: tuple[CompiledRule, ...]
    ) -> Iterator[WatchedHypothesis]:
        """Every hypothesis but those whose name is taken, by a rule or a hypothesis."""
        self.faults.extend(list_hypothesis_faults(self.documents))
        by_name = {rule.document.name: rule.document for rule in documents}
        sources = map_required_sources(rules)
        taken = {rule.document.name for rule in self.documents.rules}
        for hypothesis in self.documents.hypotheses:
            if hypothesis.document.name not in taken:
                taken.add(hypothesis.document.name)
                compiled = compile_hypothesis(hypothesis.document, self.documents.name)
                yield add_sources(compiled, by_name, sources)


def _make_rule(pack: str, name: str, predicate: Predicate) -> CompiledRule:
    """The rule as words decide it, and with its meanings for the reader."""
    if not means_tests(predicate):
        return CompiledRule(pack, name, predicate)
    return CompiledRule(pack, name, without_means(predicate), predicate)


def _listing(window: WindowRule, hypotheses: Iterable[WatchedHypothesis]) -> tuple[str, ...]:
    """The hypotheses that list the rule."""
    return tuple(hypothesis.name for hypothesis in hypotheses if window.name in hypothesis.by_rule)
