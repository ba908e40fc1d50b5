"""A worker whose rules change while it correlates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from schemas.alert import Alert, Status
from schemas.bundle import BackfillBarrier, OnChange
from schemas.envelope import BACKFILL_BARRIER, SIGNAL, cloud_headers, header
from schemas.rule import Condition
from schemas.signal import Signal
from schemas.topics import ALERTS, SIGNALS
from services.matcher.adapters.rules.bundles import Bundles
from services.matcher.domain.alerts.rule_generation import RuleGeneration
from services.matcher.domain.changes.active_rules import ActiveRules
from services.matcher.domain.hypotheses.hypothesis import WatchedHypothesis
from services.matcher.domain.rules.rulebook import Rulebook
from services.matcher.domain.windows.window_rule import WindowRule
from tests.fakes import FakeRecordSender
from tests.matcher.builders import HOUR, NOON, RULE, hit
from tests.matcher.correlation import correlator, ticks
from tests.matcher.hypotheses import hypothesis
from tests.matcher.messages import Given, signal_message

PAIR = replace(RULE, condition=Condition(gte=2))
FOUR = replace(RULE, condition=Condition(gte=4))
OTHER = replace(RULE, name="other")
ABOVE = replace(RULE, name="many_marches", bases=("joint_march",), condition=Condition(gte=1))
MARCH = hypothesis({"joint_march": 2}, {"joint_march": "1d"})
THREE = [hit(0), hit(1), hit(2)]
NAME = ("iraq", "joint_march")


def rules(
    *windows: WindowRule,
    number: int = 0,
    changed: Iterable[WindowRule] = (),
    on_change: OnChange = OnChange.REBUILD,
    judged: Iterable[WindowRule] = (),
    hypotheses: tuple[WatchedHypothesis, ...] = (),
) -> ActiveRules:
    """These rules as bundle `number`, in which the `changed` ones began anew.

    Those `judged` keep their windows, and grade or end their alerts otherwise.
    """
    named = {(rule.pack, rule.name): rule for rule in windows}
    feeds = {NAME: tuple(rule for rule in windows if "joint_march" in rule.bases and rule != RULE)}
    stood = RuleGeneration(on_change, number, NOON)
    return ActiveRules(
        Rulebook(windows=named, feeds=feeds, hypotheses=hypotheses, number=number),
        {
            **{(rule.pack, rule.name): stood for rule in changed},
            **{(rule.pack, rule.name): RuleGeneration(judged_in=number) for rule in judged},
        },
    )


@dataclass
class ChangingWorker:
    """A correlation over a table that outlives it; every message has the next offset."""

    bundles: Bundles
    table: dict[bytes, bytes] = field(default_factory=dict)
    offsets: "count[int]" = field(default_factory=lambda: count(1))
    sender: FakeRecordSender = field(default_factory=FakeRecordSender)
    taken: int = 0

    def __post_init__(self) -> None:
        self.correlation = correlator(self.bundles, self.table, self.sender)

    async def take(self, *messages: Given) -> "ChangingWorker":
        for message in messages:
            await self.correlation.take(replace(message, offset=next(self.offsets)))
        return self

    async def send(self, *signals: Signal, bundle: int = 0) -> "ChangingWorker":
        versions = (signal.model_copy(update={"bundle": bundle}) for signal in signals)
        return await self.take(*(signal_message(signal) for signal in versions))

    async def backfill(self, *past: Signal, bundle: int = 1) -> "ChangingWorker":
        versions = (signal.model_copy(update={"backfill": True}) for signal in past)
        return await self.send(*versions, bundle=bundle)

    async def round(self) -> "ChangingWorker":
        """Take in what it has sent to its own topic."""
        while letters := self.sender.to(SIGNALS)[self.taken :]:
            self.taken += len(letters)
            await self.take(
                *(Given(letter.value, letter.headers, letter.key) for letter in letters)
            )
        return self

    async def tick(self, hours: float = 3) -> "ChangingWorker":
        return await self.take(ticks(NOON + hours * HOUR, 0))

    def put(self, newer: ActiveRules) -> "ChangingWorker":
        self.bundles.put(newer)
        return self

    def restarted(
        self, table: dict[bytes, bytes] | None = None, *, back: int = 0
    ) -> "ChangingWorker":
        """Another worker, which sees the last messages again."""
        self.offsets = count(reached := next(self.offsets))
        table = self.table if table is None else table
        return ChangingWorker(self.bundles, table, count(reached - back))

    @property
    def alerts(self) -> Sequence[Alert]:
        return self.sender.decode(ALERTS, Alert)

    @property
    def revisions(self) -> Sequence[tuple[Status, int]]:
        return [(alert.status, alert.revision) for alert in self.alerts]

    @property
    def above(self) -> Sequence[Signal]:
        sent = [
            record
            for record in self.sender.to(SIGNALS)
            if header(record.headers, "ce_type") == SIGNAL
        ]
        return [Signal.model_validate_json(letter.value or b"") for letter in sent]


def barrier(bundle: int = 1, partition: int = 0, partitions: int = 1, level: int = 0) -> Given:
    message = BackfillBarrier(
        partition=partition, partitions=partitions, bundle=bundle, level=level
    )
    headers = cloud_headers(BACKFILL_BARRIER, "barrier", "test", NOON)
    return Given(message.model_dump_json().encode(), headers, None)


def worker(*windows: WindowRule) -> ChangingWorker:
    return ChangingWorker(Bundles(rules(*windows)))
