"""Rules that change, go and come back while `correlate` works, crashes and moves."""

from collections.abc import Container

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from schemas.alert import Status
from schemas.bundle import OnChange
from schemas.rule import CorrelationRule
from schemas.tick import Tick
from services.matcher.domain.changes.next_bundle import ChangePolicy
from services.matcher.domain.windows.state import WindowState
from tests.examples import scale_examples
from tests.matcher.builders import HOUR, NOON
from tests.matcher.oracle.correlation_steps import REPORTS, CorrelationSteps, Drawn
from tests.matcher.oracle.episodes import find_all
from tests.matcher.oracle.outcomes import of_alert, of_episode
from tests.matcher.oracle.packs import (
    DETECTIONS,
    SIDES,
    Report,
    ended,
    groups,
    rule_sets,
    rules_like,
)
from tests.matcher.oracle.partitions import START
from tests.matcher.oracle.publication import FIRST, Detector, publish_rules
from tests.matcher.oracle.versions import counting
from tests.matcher.rules import compiled

REBUILD = ChangePolicy(may_remove=True)
LATE = "30h"
"""Long enough that nothing is settled before the machine ends, so a change reaches all of it."""


class RuleChanges(CorrelationSteps):
    """In the end the alerts in force are those of the last rules, as if they had never differed."""

    until = NOON + 14 * HOUR

    @initialize(rules=rule_sets(LATE))
    def start(self, rules: tuple[CorrelationRule, ...]) -> None:
        self.known = {each.name: each for each in rules}
        self.removed = set[str]()
        self.published = publish_rules(rules, None, START, FIRST)
        self.detector = Detector(self.published.processors.rules)
        self.begin(rules, self.published.processors)

    @rule(several=st.lists(REPORTS, min_size=1, max_size=5))
    def report(self, several: list[Drawn]) -> None:
        for drawn in several:
            self.publish(self.write(drawn))

    def publish(self, report: Report) -> None:
        self.reports.append(report)
        self.detector.activate(self.topics.rules[-1].rules)
        for message in self.detector.take(report.as_event()):
            self.topics.send(message)

    def send_tick(self) -> None:
        self.detector.activate(self.topics.rules[-1].rules)
        completed = self.detector.completed
        self.topics.send(Tick(time=self.now, partition=0, partitions=1, backfilled=completed))

    @rule(data=st.data())
    def change_rule(self, data: st.DataObject) -> None:
        """A rule has another type, threshold, timespan, group or base."""
        name = data.draw(st.sampled_from(sorted(self.known)))
        rules = [*self.known.values()]
        fields = data.draw(groups(int(name[1]), rules))
        self._replace(name, data.draw(rules_like(name, rules, fields, LATE)))

    @rule(data=st.data(), change=st.sampled_from(["end", "go", "go", "rebuild"]))
    def change(self, data: st.DataObject, change: str) -> None:
        """Its episodes end otherwise, it goes or comes back, or is published again as it is."""
        name = data.draw(st.sampled_from(sorted(self.known)))
        if change == "end":
            self._replace(name, data.draw(ended(self.known[name])))
        elif change == "go":
            self.removed ^= {name}
            self._publish_rules(REBUILD)
        else:
            self._publish_rules(ChangePolicy(by_rule={f"pack/{name}": OnChange.REBUILD}))

    def _replace(self, name: str, changed: CorrelationRule) -> None:
        before = self.known
        self.known = before | {name: changed}
        if compiled(*DETECTIONS, *self.known.values(), lists=SIDES)[1]:
            self.known = before
        else:
            self._publish_rules(REBUILD)

    def _publish_rules(self, policy: ChangePolicy) -> None:
        self.documents = tuple(self._list_published())
        self.published = publish_rules(self.documents, self.published, self.now, policy)
        self.topics.rules.append(self.published.processors)

    def _list_published(self) -> list[CorrelationRule]:
        published = list[CorrelationRule]()
        gone = set(self.removed)
        for name, each in self.known.items():
            if name in gone or gone.intersection(each.correlation.rules):
                gone.add(name)
            else:
                published.append(each)
        return published

    @rule(most=st.integers(1, 20))
    def read_past(self, most: int) -> None:
        """Some of the past is read again."""
        for message in self.detector.read_past(most):
            self.topics.send(message)

    @rule()
    def read_past_again(self) -> None:
        """The events partition moves before all of its past is read."""
        self.detector.begin_backfill()

    @rule(number=st.integers(0, 1))
    def follow(self, number: int) -> None:
        """A worker has the newest rules before a message needs them."""
        self.workers[number].processors = self.topics.rules[-1]

    @rule(number=st.integers(0, 1), after=st.integers(0, 5), keeps=st.booleans())
    def crash(self, number: int, after: int, keeps: bool) -> None:
        """As ever; what was sent without its state is sent again by the same rules."""
        super().crash(number, after, keeps)
        if not keeps and self.workers[number].has_message(self.topics):
            self.workers[number].take(self.topics)

    def teardown(self) -> None:
        if not hasattr(self, "workers"):
            return
        self._finish()
        self._check({each.name for each in self.documents})
        everything = dict.fromkeys(self.published.bundle.bundle.rules, OnChange.REBUILD)
        self._publish_rules(ChangePolicy(by_rule=everything))
        self._finish()
        self._check({each.name for each in self.documents})
        self.check_revisions()
        self._check_ended()

    def _finish(self) -> None:
        self.send_tick()
        self.read_past(len(self.reports))
        self.end()

    def _check(self, names: Container[str]) -> None:
        hits = [report.as_hit() for report in counting(self.reports)]
        expected = find_all(self.documents, hits, START, self.now)
        held = self._held_alerts()
        in_force = [
            alert
            for alert in self.final_alerts()
            if alert.id in held and alert.status is not Status.WITHDRAWN
        ]
        assert sorted(of_alert(alert) for alert in in_force if alert.rule.name in names) == sorted(
            of_episode(episode) for episode in expected if episode.rule in names
        )

    def _check_ended(self) -> None:
        """An alert that no state holds any more has ended."""
        held, ordered = (
            self._held_alerts(),
            sorted(self.topics.alerts, key=lambda alert: alert.revision),
        )
        final = {alert.id: alert for alert in ordered}
        assert all(
            alert.status is not Status.FIRING for alert in final.values() if alert.id not in held
        )

    def _held_alerts(self) -> set[str]:
        """The ids of the alerts that states hold; those of removed rules are held by none."""
        states = (state for worker in self.workers for state in worker.store.states.values())
        windows = (state for state in states if isinstance(state, WindowState))
        return {alert.id for window in windows for alert in window.announced}


TestRuleChanges = RuleChanges.TestCase
TestRuleChanges.settings = settings(max_examples=scale_examples(20), stateful_step_count=40)
