"""What happens to correlate: reports and what corrects them, ticks, crashes, moves."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from schemas.alert import Alert
from schemas.rule import CorrelationRule
from schemas.tick import Tick
from services.matcher.domain.engine.processors import Processors
from services.matcher.domain.rules.retractions import find_retraction
from services.matcher.domain.rules.rulebook import Rulebook
from services.matcher.domain.rules.signals import make_signals
from tests.matcher.builders import HOUR, NOON
from tests.matcher.oracle.outcomes import of_alert
from tests.matcher.oracle.packs import ACTORS, LATE, PLACES, TERMS, TYPES, Report
from tests.matcher.oracle.partitions import SHORT, PartitionWorker, Topics

ROUNDS = 6
"""Ticks after which whatever is due is sent on through every level of rules."""
REPORTS = st.fixed_dictionaries(
    {
        "type": st.sampled_from(TYPES),
        "late": st.sampled_from([0, 0, 0, 0.3, 1]),
        "place": st.sampled_from(PLACES),
        "actors": st.sets(st.sampled_from(ACTORS), max_size=2),
        "terms": st.sets(st.sampled_from(TERMS), max_size=2),
        "rockets": st.integers(-2, 6),
        "story": st.sampled_from([None, None, "wire"]),
        "source": st.sampled_from(["s1", "s2"]),
    }
)
Drawn = dict[str, Any]
"""One of REPORTS."""


class CorrelationSteps(RuleBasedStateMachine):
    """Two partitions of correlate. `book` has the rules that `detect` evaluates reports by."""

    until: datetime | None = None
    """When the clock stops; None: never."""

    def begin(self, documents: Sequence[CorrelationRule], processors: Processors) -> None:
        """Begin with rules that watch from here on."""
        self.documents, self.now = tuple(documents), NOON
        self.book: Rulebook = processors.rules.rulebook
        self.reports, self.written = list[Report](), 0
        self.topics = Topics([processors])
        self.workers = [PartitionWorker(number, processors) for number in range(2)]

    def write(self, drawn: Drawn) -> Report:
        """A report that happened a while ago."""
        self.written += 1
        known = dict(drawn)
        at = self.now - known.pop("late") * LATE
        actors, terms = (tuple(sorted(known.pop(name))) for name in ("actors", "terms"))
        return Report(
            id=f"e{self.written}",
            at=at,
            recorded_at=self.now,
            until=at,
            actors=actors,
            terms=terms,
            **known,
        )

    @precondition(lambda self: self.reports)
    @rule(data=st.data(), kind=st.sampled_from([*TYPES, "none"]))
    def correct(self, data: st.DataObject, kind: str) -> None:
        """A new version of a report, or its retraction."""
        self.now += HOUR / 10
        target = data.draw(st.sampled_from(self.reports))
        if self.now - target.at > LATE:
            return
        self.publish(
            replace(
                target,
                id=f"c{len(self.reports)}",
                type=kind,
                recorded_at=self.now,
                corrects=target.id,
                retracts=kind == "none",
            )
        )

    def publish(self, report: Report) -> None:
        """What `detect` makes of a report."""
        self.reports.append(report)
        event = report.as_event()
        for message in (find_retraction(event), *make_signals(self.book, event)):
            if message is not None:
                self.topics.send(message)

    @rule(hours=st.sampled_from([0, 0.2, 1, 4, 20]))
    def tick(self, hours: float) -> None:
        """Time passes; a partition lags behind another one by no more than what rules allow."""
        if hours * HOUR > SHORT:
            self.catch_up()
        later = self.now + hours * HOUR
        self.now = max(self.now, min(later, self.until or later))
        self.send_tick()

    def send_tick(self) -> None:
        """The tick of now."""
        self.topics.send(Tick(time=self.now, partition=0, partitions=1))

    @rule(number=st.integers(0, 1), most=st.integers(1, 12))
    def work(self, number: int, most: int) -> None:
        """A worker handles some messages."""
        for _ in range(most):
            if self.workers[number].has_message(self.topics):
                self.workers[number].take(self.topics)

    @rule(number=st.integers(0, 1), after=st.integers(0, 5), keeps=st.booleans())
    def crash(self, number: int, after: int, keeps: bool) -> None:
        """A worker dies on the way through a message."""
        worker = self.workers[number]
        if worker.has_message(self.topics):
            self.workers[number] = worker.crash(self.topics, after, keeps=keeps)

    @rule(number=st.integers(0, 1))
    def rebalance(self, number: int) -> None:
        """A partition gets another owner."""
        worker = self.workers[number]
        self.workers[number] = worker.move(worker.store)

    @rule(back=st.integers(1, 4), number=st.integers(0, 1))
    def go_back(self, back: int, number: int) -> None:
        """The last commits were lost: messages come again to the states that have seen them."""
        worker = self.workers[number]
        worker.position = max(0, worker.position - back)
        self.workers[number] = worker.move(worker.store)

    def catch_up(self) -> None:
        """All messages are handled, and those that they lead to."""
        while any(worker.has_message(self.topics) for worker in self.workers):
            for worker in self.workers:
                if worker.has_message(self.topics):
                    worker.take(self.topics)

    def end(self) -> None:
        """Everything is handled that is on the way or due."""
        for _ in range(ROUNDS):
            self.send_tick()
            self.catch_up()

    def final_alerts(self) -> list[Alert]:
        """The highest revision of each alert of the rules."""
        names = {each.name for each in self.documents}
        ordered = sorted(self.topics.alerts, key=lambda alert: alert.revision)
        final = {alert.id: alert for alert in ordered}
        return [alert for alert in final.values() if alert.rule.name in names]

    def check_revisions(self) -> None:
        """No revision is lost, and one that comes again is the same."""
        known: dict[str, dict[int, Any]] = {}
        for alert in self.topics.alerts:
            content = alert.status, *of_alert(alert)
            assert known.setdefault(alert.id, {}).setdefault(alert.revision, content) == content
        for revisions in known.values():
            assert sorted(revisions) == list(range(1, len(revisions) + 1))
