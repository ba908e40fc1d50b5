"""Correlation in two partitions under reports, ticks, corrections, crashes, moves and new bundles.

Some reports are suspected, before words find them, behind that, or without it.
"""

from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from schemas.alert import Alert, Status
from schemas.rule import CorrelationRule
from services.matcher.domain.alerts.rule_generation import RuleGeneration
from services.matcher.domain.changes.active_rules import ActiveRules
from services.matcher.domain.engine.processors import Processors
from services.matcher.domain.rules.rulebook import Rulebook
from services.matcher.domain.rules.signals import make_signals
from tests.examples import scale_examples
from tests.matcher.oracle.correlation_steps import REPORTS, CorrelationSteps, Drawn
from tests.matcher.oracle.episodes import find_all, find_suspected
from tests.matcher.oracle.hits import OracleHit
from tests.matcher.oracle.outcomes import of_alert, of_episode
from tests.matcher.oracle.packs import LATE, Report, make_book, rule_sets
from tests.matcher.oracle.partitions import START
from tests.matcher.oracle.versions import counting


class Correlation(CorrelationSteps):
    """Whatever happens on the way, the alerts in force at the end are those of the definition."""

    @initialize(rules=rule_sets())
    def start(self, rules: tuple[CorrelationRule, ...]) -> None:
        self.doubted = list[Report]()
        self.begin(rules, _make_processors(make_book(rules)))

    @rule(drawn=REPORTS, is_doubted=st.sampled_from([False, False, True]))
    def report(self, drawn: Drawn, is_doubted: bool) -> None:
        report = self.write(drawn)
        if is_doubted:
            self._suspect(report)
        else:
            self.publish(report)

    @precondition(lambda self: self.reports or self.doubted)
    @rule(data=st.data())
    def suspect(self, data: st.DataObject) -> None:
        """What words found, or what was suspected, is suspected again."""
        report = data.draw(st.sampled_from([*self.reports, *self.doubted]))
        if self.now - report.at <= LATE:
            self._suspect(report)

    @precondition(lambda self: self.doubted)
    @rule(data=st.data())
    def find_by_words(self, data: st.DataObject) -> None:
        """Words find what was suspected."""
        known = {report.identity for report in self.reports}
        report = data.draw(st.sampled_from(self.doubted))
        if report.identity not in known and self.now - report.at <= LATE:
            self.publish(replace(report, recorded_at=self.now))

    def _suspect(self, report: Report) -> None:
        self.doubted.append(report)
        for signal in make_signals(self.book, report.as_event()):
            self.topics.send(signal.model_copy(update={"suspected": True}))

    @rule()
    def publish_bundle(self) -> None:
        """A bundle that changes no rule."""
        processors = _make_processors(replace(self.book, number=len(self.topics.rules)))
        self.book = processors.rules.rulebook
        self.topics.rules.append(processors)
        for worker in self.workers:
            worker.processors = processors

    def teardown(self) -> None:
        if not hasattr(self, "workers"):
            return
        self.end()
        hits = [report.as_hit() for report in counting(self.reports)]
        expected = find_all(self.documents, hits, START, self.now)
        in_force = [one for one in self.final_alerts() if one.status is not Status.WITHDRAWN]
        outcomes = [of_alert(one) for one in in_force if not one.suspected]
        # a state that forgot a suspicion gives its alert another id when messages come again
        counted = set(outcomes) if self.doubted else outcomes
        assert sorted(counted) == sorted(map(of_episode, expected))
        self._check_suspicions(hits, in_force)
        self.check_revisions()

    def _check_suspicions(self, hits: list[OracleHit], in_force: list[Alert]) -> None:
        """Those of the first level, whose hits are reports, are those of their definition."""
        known = {report.identity for report in self.reports}
        left = {report.identity: report for report in self.doubted if report.identity not in known}
        doubted = [report.as_hit() for report in left.values()]
        first = [each for each in self.documents if each.name.startswith("r0")]
        expected = find_suspected(first, hits, doubted, (START, self.now))
        names = {each.name for each in first}
        found = [one for one in in_force if one.suspected and one.rule.name in names]
        assert sorted(set(map(of_alert, found))) == sorted(map(of_episode, expected))


def _make_processors(book: Rulebook) -> Processors:
    """Rules that watch since START, and that no bundle changes."""
    generation = RuleGeneration(since=START)
    return Processors.of(ActiveRules(book, dict.fromkeys(book.windows, generation)))


TestCorrelation = Correlation.TestCase
TestCorrelation.settings = settings(max_examples=scale_examples(20), stateful_step_count=40)
