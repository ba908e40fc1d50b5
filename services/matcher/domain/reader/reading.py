"""Reading: which rules a report is suspected of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from schemas.event import Event
from services.matcher.domain.detection.means_tests import MeansTest, means_tests
from services.matcher.domain.reader.gate import GatedReport, pass_gate
from services.matcher.domain.reader.heads import HeadKey, KnownExample, MeaningHead
from services.matcher.domain.reader.passages import Passage, cut_passages
from services.matcher.domain.reader.ports import (
    MeaningJudge,
    MeaningQuestion,
    SentenceModel,
    Vector,
)
from services.matcher.domain.reader.veto import find_veto
from services.matcher.domain.rules.matching import RuleMatch
from services.matcher.domain.rules.rulebook import CompiledRule, Rulebook

NEAR = 1.5
"""Log-odds from the threshold within which a judge is asked."""
MOST_EXAMPLES = 6
"""Examples that a judge is shown."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader found of one rule in a report that passed its gate.

    `passage` is the one that comes nearest, `margin` is its score over the threshold, `score` is
    the log-odds, `nearest` the example that is most like it. `veto` is what words say against it.
    `match` is what the rule suspects of the report; None: nothing.
    """

    rule: CompiledRule
    meaning: str
    passage: str
    score: float
    margin: float
    veto: str
    nearest: KnownExample | None = None
    match: RuleMatch | None = None

    @property
    def suspected(self) -> bool:
        """Whether the report is suspected of the rule."""
        return self.match is not None


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads reports with the heads of a model; `rulebook` is one of `make_reader_rulebook`.

    Where a head comes near its threshold, from either side, `judge` decides if it answers.
    """

    rulebook: Rulebook
    model: SentenceModel
    heads: Mapping[HeadKey, MeaningHead]
    judge: MeaningJudge | None = None

    def read(self, event: Event) -> tuple[Reading, ...]:
        """A reading for each rule whose gate the report passes, if the rule has a head.

        Blocks while the model reads; nothing is read of a report that passes no gate.
        """
        return tuple(
            reading
            for gated in pass_gate(self.rulebook, event)
            for reading in self._read_gated(gated)
        )

    def _read_gated(self, gated: GatedReport) -> Iterator[Reading]:
        read: dict[str, _Read] = {}
        for rule in gated.rules:
            findings = tuple(self._find(rule, gated, read))
            if findings:
                yield self._judge(rule, gated, findings)

    def _find(
        self, rule: CompiledRule, gated: GatedReport, read: dict[str, "_Read"]
    ) -> Iterator["_Finding"]:
        for test in means_tests(rule.predicate):
            head = self.heads.get((rule.pack, test.meaning.key))
            if head is not None:
                if test.field not in read:
                    read[test.field] = self._embed(gated, test.field)
                for passage, vector in read[test.field]:
                    veto = _find_veto(test, rule, gated, passage)
                    score = head.score(vector)
                    found = _Finding(test, passage, vector, score, score - head.threshold, veto)
                    yield replace(found, judged=self._ask(head, found))

    def _ask(self, head: MeaningHead, found: "_Finding") -> bool | None:
        """The judge's answer on what is near the threshold and not vetoed."""
        if self.judge is None or found.veto or abs(found.margin) > NEAR:
            return None
        examples = tuple(each.text for each in head.examples[:MOST_EXAMPLES])
        description = head.description or found.test.meaning.key
        return self.judge.judge(MeaningQuestion(description, examples, found.passage.text))

    def _judge(
        self, rule: CompiledRule, gated: GatedReport, findings: Sequence["_Finding"]
    ) -> Reading:
        """What the rule's predicate says with the meanings that hold."""
        view = replace(gated.view, meant=frozenset(each.test for each in findings if each.holds))
        best = max(findings, key=lambda finding: (finding.holds, finding.margin))
        meaning = best.test.meaning.key
        return Reading(
            rule,
            meaning,
            best.passage.text,
            best.score,
            best.margin,
            best.veto,
            self.heads[rule.pack, meaning].find_nearest(best.vector),
            RuleMatch(rule, view) if rule.predicate.holds(view) else None,
        )

    def _embed(self, gated: GatedReport, field: str) -> "_Read":
        passages = cut_passages(gated.view.sentences(), field)
        vectors = self.model.embed([passage.text for passage in passages])
        return tuple(zip(passages, vectors, strict=True))


_Read = tuple[tuple[Passage, Vector], ...]


@dataclass(frozen=True, slots=True)
class _Finding:
    """What one meaning scores in one passage."""

    test: MeansTest
    passage: Passage
    vector: Vector
    score: float
    margin: float
    veto: str
    judged: bool | None = None

    @property
    def holds(self) -> bool:
        near_enough = self.margin >= 0 if self.judged is None else self.judged
        return near_enough and not self.veto


def _find_veto(test: MeansTest, rule: CompiledRule, gated: GatedReport, passage: Passage) -> str:
    return find_veto(rule, gated.view, passage.sentences) if test.asserted else ""
