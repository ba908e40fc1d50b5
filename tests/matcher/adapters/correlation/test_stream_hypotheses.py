"""correlate: what windows say moves hypotheses, each by messages under one key."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count

from schemas.alert import Alert, Status
from schemas.envelope import INDICATION, header
from schemas.indication import Indication
from schemas.topics import ALERTS, DEAD_LETTERS, SIGNALS
from services.matcher.adapters.rules.bundles import Bundles
from services.matcher.domain.changes.active_rules import ActiveRules
from services.matcher.domain.engine.store import SignalsPartitions
from services.matcher.domain.hypotheses.hypothesis import WatchedHypothesis
from services.matcher.domain.hypotheses.state import HypothesisState
from services.matcher.domain.rules.rulebook import Rulebook
from services.matcher.domain.windows.window_rule import WindowRule
from tests.fakes import FakeRecordSender
from tests.matcher.builders import ALONE, HOUR, NOON, RULE, hit, retraction
from tests.matcher.correlation import correlator
from tests.matcher.hypotheses import hypothesis
from tests.matcher.messages import Given, signal_message, tick, tick_message

MARCH = hypothesis({"joint_march": 2}, {"joint_march": "1d"})
OBSERVED = hypothesis(
    {"joint_march": 2},
    {"joint_march": "1d"},
    observed=[{"rule": "joint_march", "at": "2020-01-14"}],
)
THREE = replace(RULE, hypotheses=("mlcoa",))
ONE = replace(ALONE, hypotheses=("mlcoa",))


@dataclass
class HypothesisWorker:
    """A correlation that hears its own indications, over a table that outlives it."""

    rule: WindowRule = ONE
    hypothesis: WatchedHypothesis = MARCH
    table: dict[bytes, bytes] = field(default_factory=dict)
    sender: FakeRecordSender = field(default_factory=FakeRecordSender)
    offsets: "count[int]" = field(default_factory=lambda: count(100))
    partitions: int = 1

    def __post_init__(self) -> None:
        rulebook = Rulebook(
            windows={("iraq", "joint_march"): self.rule}, hypotheses=(self.hypothesis,)
        )
        bundles = Bundles(ActiveRules(rulebook))
        self.correlation = correlator(bundles, self.table, self.sender, self.partitions)
        self.correlation.partitions = SignalsPartitions(self.partitions, lambda _key: 0)

    async def take(self, *messages: Given) -> "HypothesisWorker":
        for message in messages:
            known = len(self.indications)
            await self.correlation.take(replace(message, partition=0))
            for letter in self.sender.to(SIGNALS)[known:]:
                again = Given(letter.value, letter.headers, letter.key, "vedette.signals", 0)
                await self.correlation.take(replace(again, offset=next(self.offsets)))
        return self

    def restarted(self) -> "HypothesisWorker":
        return HypothesisWorker(self.rule, self.hypothesis, self.table, offsets=self.offsets)

    @property
    def indications(self) -> Sequence[Indication]:
        return self.sender.decode(SIGNALS, Indication)

    @property
    def levels(self) -> Sequence[Alert]:
        alerts = self.sender.decode(ALERTS, Alert)
        return [alert for alert in alerts if alert.rule.name == "mlcoa"]

    @property
    def state(self) -> HypothesisState:
        (raw,) = (raw for key, raw in self.table.items() if b"hypothesis" in key)
        return HypothesisState.decode(raw)

    def tick(self, hours: float) -> Given:
        return tick_message(tick(NOON + hours * HOUR), partition=0, offset=next(self.offsets))


async def test_an_alert_of_an_indicator_moves_its_hypothesis() -> None:
    worker = await HypothesisWorker().take(signal_message(hit(0)))

    (letter,) = worker.sender.to(SIGNALS)
    (level,) = worker.levels
    assert header(letter.headers, "ce_type") == INDICATION
    assert letter.key == b'["iraq","mlcoa",["hypothesis","mlcoa"]]'
    assert (level.status, level.starts_at) == (Status.FIRING, NOON)
    assert [piece.event_id for piece in level.evidence] == ["0"]


async def test_a_window_that_comes_nearer_says_so_once() -> None:
    worker = await HypothesisWorker(THREE).take(
        signal_message(hit(0), 1), signal_message(hit(1), 2), signal_message(hit(1), 3)
    )

    distances = [indication.distance for indication in worker.indications if indication.distance]
    assert [distance.values[0][0] for distance in distances] == [1, 2]
    (known,) = worker.state.distances["joint_march"].values()
    assert (known.value, known.required) == (2, 3)


async def test_a_window_that_fires_is_near_no_more() -> None:
    worker = await HypothesisWorker(THREE).take(
        *(signal_message(hit(hours), hours + 1) for hours in range(3))
    )

    assert worker.state.distances == {}
    assert len(worker.levels) == 1


async def test_a_tick_tells_a_level_that_was_left_at_its_own_time() -> None:
    worker = await HypothesisWorker().take(signal_message(hit(0)))
    await worker.take(worker.tick(23))

    first, last = worker.levels
    assert last.status is Status.RESOLVED
    assert last.id == first.id
    assert last.resolved_at is not None
    assert last.resolved_at - NOON < timedelta(hours=4)


async def test_a_restart_finds_what_is_due_in_the_table() -> None:
    worker = await HypothesisWorker().take(signal_message(hit(0)))

    again = worker.restarted()
    await again.take(again.tick(23))

    assert [level.status for level in again.levels] == [Status.RESOLVED]


async def test_evidence_already_observed_enters_with_the_first_tick() -> None:
    worker = HypothesisWorker(hypothesis=OBSERVED)

    await worker.take(worker.tick(-11))

    assert [level.starts_at for level in worker.levels] == [NOON - 12 * HOUR]


async def test_evidence_already_observed_enters_where_its_messages_would_come() -> None:
    table: dict[bytes, bytes] = {}
    for partition in range(4):
        worker = HypothesisWorker(hypothesis=OBSERVED, table=table, partitions=4)
        message = tick_message(tick(NOON), partition=partition)
        await worker.correlation.take(message)

    assert sum(b"hypothesis" in key for key in table) == 1


async def test_a_level_is_sent_again_when_its_message_comes_again() -> None:
    first = await HypothesisWorker().take(signal_message(hit(0), 1))
    (letter,) = first.sender.to(SIGNALS)
    same = Given(letter.value, letter.headers, letter.key, "vedette.signals", 0, 100)

    again = first.restarted()
    await again.correlation.take(same)

    assert again.levels == first.levels


async def test_a_denial_takes_the_level_back() -> None:
    worker = await HypothesisWorker().take(
        signal_message(hit(0), 1), signal_message(retraction(0), 2)
    )

    assert [level.status for level in worker.levels] == [Status.FIRING, Status.WITHDRAWN]


async def test_news_for_a_hypothesis_that_is_not_there_is_a_dead_letter() -> None:
    worker = await HypothesisWorker(replace(ONE, hypotheses=("mdcoa",))).take(
        signal_message(hit(0))
    )

    (letter,) = worker.sender.to(DEAD_LETTERS)
    assert header(letter.headers, "reason") == "hypothesis: no mdcoa in pack iraq"
