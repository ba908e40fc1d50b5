"""Backfill: signals of the rules that changed alone, then the barriers, then the record."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from aiokafka.errors import KafkaError

from schemas.bundle import BackfillBarrier, CompletedBackfill, OnChange
from schemas.envelope import (
    BACKFILL_BARRIER,
    BACKFILL_COMPLETED,
    RETRACTION,
    SIGNAL,
    TICK,
    cloud_headers,
    header,
)
from schemas.signal import Signal
from schemas.topics import DEAD_LETTERS, RULES, SIGNALS
from services.matcher.adapters.detection.backfill import AHEAD, Backfill, BackfillPartitions
from services.matcher.adapters.detection.backfill_tasks import BackfillTasks
from services.matcher.adapters.detection.replay_source import OffsetRange
from services.matcher.domain.alerts.rule_generation import RuleGeneration
from services.matcher.domain.changes.active_rules import ActiveRules
from services.matcher.domain.crashes.lethal import HARMLESS, Lethal
from services.matcher.domain.rules.rulebook import RuleKey
from tests.fakes import FakeRecordSender
from tests.matcher.builders import NOON
from tests.matcher.fakes import FakeReplaySource
from tests.matcher.messages import Given, event, given, tick
from tests.matcher.rules import correlating, detecting, rulebook
from tests.parts.waiting import let_others_run, until_in_loop

CHANGED_AT = NOON + timedelta(hours=1)
SINCE = NOON - timedelta(days=7)
CHANGED = RuleGeneration(OnChange.REBUILD, 4, CHANGED_AT, SINCE)
BOOK = replace(
    rulebook(
        detecting("fire", selection={"words|phrase": "rockets"}),
        detecting("quiet", selection={"words|phrase": "rockets"}),
        correlating("above", ["three"]),
        correlating("three", ["fire"]),
    ),
    number=4,
)
LATE = event(id="e-2", recorded_at=(CHANGED_AT + timedelta(seconds=1)).isoformat())


def rules(**generations: RuleGeneration) -> ActiveRules:
    return ActiveRules(
        BOOK, {("pack", name): generation for name, generation in generations.items()}
    )


@dataclass
class BackfillDesk:
    """A backfill of two events partitions onto three signals partitions."""

    source: FakeReplaySource = field(default_factory=FakeReplaySource)
    sender: FakeRecordSender = field(default_factory=FakeRecordSender)
    done: dict[int, int] = field(default_factory=dict)
    failed: list[BaseException] = field(default_factory=list)

    def __post_init__(self) -> None:
        partitions = BackfillPartitions(3, lambda: 2, self.backfilled)
        self.backfill = Backfill(self.source, self.sender, partitions)
        self.tasks = BackfillTasks(self.backfill, self.backfilled, self._fail)

    def backfilled(self, partition: int) -> int:
        return self.done.get(partition, 0)

    async def _fail(self, error: BaseException) -> None:
        self.failed.append(error)

    @property
    def kinds(self) -> list[str | None]:
        return [header(record.headers, "ce_type") for _, record in self.sender.sent]

    @property
    def signals(self) -> list[Signal]:
        sent = self.sender.to(SIGNALS)
        raw = [
            record.value or b"" for record in sent if header(record.headers, "ce_type") == SIGNAL
        ]
        return [Signal.model_validate_json(value) for value in raw]


async def test_only_the_rules_that_changed_are_evaluated_with_the_number_of_the_bundle() -> None:
    desk = BackfillDesk(
        FakeReplaySource([[given([event(), event(id="e-3", title="Markets")])], [given(LATE)]])
    )

    await desk.backfill(rules(three=CHANGED), 1, 50)

    assert [(hit.rule, hit.identity[-3:], hit.bundle) for hit in desk.signals] == [
        ("three", "e-1", 4),
        ("three", "e-2", 4),
    ]
    assert desk.source.reads == [OffsetRange(1, SINCE - AHEAD, 50)]


async def test_what_was_recorded_after_the_change_is_live() -> None:
    desk = BackfillDesk(FakeReplaySource([[given([event(), LATE])]]))

    await desk.backfill(rules(three=CHANGED), 1, 50)

    assert [hit.backfill for hit in desk.signals] == [True, False]


async def test_a_correction_of_the_past_is_a_retraction_and_a_hit() -> None:
    correction = event(id="e-9", supersedes="e-1")
    desk = BackfillDesk(FakeReplaySource([[given(correction)]]))

    await desk.backfill(rules(three=CHANGED), 1, 50)

    assert desk.kinds[:4] == [RETRACTION, RETRACTION, RETRACTION, SIGNAL]
    assert [hit.identity for hit in desk.signals] == ["reuters e-9"]


async def test_ticks_and_poison_are_skipped() -> None:
    headers = cloud_headers(TICK, "tick", "test", NOON)
    ticked = Given(tick(partition=1, partitions=2).model_dump_json().encode(), headers)
    desk = BackfillDesk(FakeReplaySource([[ticked, Given(b"{nope"), given(event())]]))

    await desk.backfill(rules(three=CHANGED), 1, 50)

    assert len(desk.signals) == 1
    assert not desk.sender.to(DEAD_LETTERS)


async def test_barriers_come_last_in_every_signals_partition_and_then_the_record() -> None:
    desk = BackfillDesk(FakeReplaySource([[given(event())]]))

    await desk.backfill(rules(three=CHANGED), 1, 50)

    assert desk.kinds == [
        SIGNAL,
        BACKFILL_BARRIER,
        BACKFILL_BARRIER,
        BACKFILL_BARRIER,
        BACKFILL_COMPLETED,
    ]
    barriers = desk.sender.to(SIGNALS)[1:]
    assert [record.partition for record in barriers] == [0, 1, 2]
    decoded = {BackfillBarrier.model_validate_json(record.value or b"") for record in barriers}
    assert decoded == {BackfillBarrier(partition=1, partitions=2, bundle=4)}
    (record,) = desk.sender.to(RULES)
    assert record.key == b"backfilled/1"
    assert CompletedBackfill.model_validate_json(record.value or b"") == CompletedBackfill(
        partition=1, bundle=4
    )


async def test_barriers_wait_for_acknowledged_signals_and_the_record_for_barriers() -> None:
    desk = BackfillDesk(FakeReplaySource([[given(event())]]), FakeRecordSender(silent=True))
    desk.tasks.begin(rules(three=CHANGED), 1, 50)
    await settle(desk, 1)
    before_barriers = desk.kinds
    desk.sender.acknowledge()
    await settle(desk, 4)
    before_record = desk.kinds
    desk.sender.acknowledge()
    await settle(desk, 5)

    assert before_barriers == [SIGNAL]
    assert before_record == [SIGNAL, BACKFILL_BARRIER, BACKFILL_BARRIER, BACKFILL_BARRIER]
    assert desk.kinds[-1] == BACKFILL_COMPLETED


@pytest.mark.parametrize(
    "generation",
    [
        replace(CHANGED, on_change=OnChange.RESET),
        replace(CHANGED, changed_in=2),
        RuleGeneration(),
    ],
    ids=["reset", "backfilled already", "kept"],
)
async def test_with_nothing_to_backfill_the_barriers_are_sent_at_once(
    generation: RuleGeneration,
) -> None:
    desk = BackfillDesk(FakeReplaySource([[given(event())]]), done={1: 2})

    await desk.backfill(rules(three=generation), 1, 50)

    assert not desk.source.reads
    assert desk.kinds == [BACKFILL_BARRIER, BACKFILL_BARRIER, BACKFILL_BARRIER, BACKFILL_COMPLETED]


async def test_a_rule_over_correlations_alone_has_no_past_to_read() -> None:
    desk = BackfillDesk(FakeReplaySource([[given(event())]]))

    await desk.backfill(rules(above=CHANGED), 1, 50)

    assert not desk.source.reads
    assert desk.kinds == [BACKFILL_BARRIER, BACKFILL_BARRIER, BACKFILL_BARRIER, BACKFILL_COMPLETED]


async def test_the_past_is_read_from_the_start_of_the_first_rule() -> None:
    earlier = replace(CHANGED, since=SINCE - timedelta(days=1))
    desk = BackfillDesk(FakeReplaySource([[]]))

    await desk.backfill(rules(three=CHANGED, fire=earlier), 1, 50)

    assert [offsets.since for offsets in desk.source.reads] == [SINCE - timedelta(days=1) - AHEAD]


async def test_a_fault_of_kafka_begins_the_reading_again() -> None:
    desk = BackfillDesk(FakeReplaySource([[given(event())], [given(LATE)]], [KafkaError()]))

    await desk.backfill(rules(three=CHANGED), 1, 50)

    assert [hit.identity[-3:] for hit in desk.signals] == ["e-1", "e-1", "e-2"]
    assert desk.kinds[-1] == BACKFILL_COMPLETED


async def test_what_is_backfilled_is_not_backfilled_again() -> None:
    desk = BackfillDesk(done={1: 4})

    desk.tasks.begin(rules(three=CHANGED), 1, 50)
    desk.tasks.begin(ActiveRules(replace(BOOK, number=0)), 2, 50)

    assert not desk.tasks.tasks


async def test_the_backfill_of_a_newer_bundle_replaces_a_running_one() -> None:
    desk = BackfillDesk(FakeReplaySource([[given(event())]]), FakeRecordSender(silent=True))
    desk.tasks.begin(rules(three=CHANGED), 1, 50)
    await settle(desk, 1)
    newer = ActiveRules(replace(BOOK, number=6), {("pack", "three"): CHANGED})

    desk.tasks.begin(newer, 1, 60)
    await settle(desk, 2)
    desk.sender.acknowledge()
    await settle(desk, 5)
    desk.sender.acknowledge()
    await settle(desk, 6)

    (record,) = desk.sender.to(RULES)
    assert CompletedBackfill.model_validate_json(record.value or b"").bundle == 6
    assert [offsets.until for offsets in desk.source.reads] == [50, 60]
    assert not desk.failed


async def test_a_stopped_backfill_sends_no_barrier() -> None:
    desk = BackfillDesk(FakeReplaySource([[given(event())]]), FakeRecordSender(silent=True))
    desk.tasks.begin(rules(three=CHANGED), 1, 50)
    await settle(desk, 1)

    desk.tasks.stop()
    desk.sender.acknowledge()
    await let_others_run()

    assert desk.kinds == [SIGNAL]
    assert not desk.failed


async def test_a_backfill_that_fails_ends_the_process() -> None:
    desk = BackfillDesk(FakeReplaySource([[given(event())]], [OSError("disk")]))

    desk.tasks.begin(rules(three=CHANGED), 1, 50)
    await until_in_loop(lambda: desk.failed, "it fails")

    assert desk.kinds == [SIGNAL]
    assert [type(error) for error in desk.failed] == [OSError]


async def settle(desk: BackfillDesk, sent: int) -> None:
    """Wait until so many messages are sent, and let whatever comes next begin."""
    await until_in_loop(lambda: len(desk.sender.sent) >= sent, f"{sent} messages are sent")
    await let_others_run()


def test_a_rule_is_to_be_rebuilt_where_its_change_was_not_applied() -> None:
    active = rules(three=CHANGED, fire=replace(CHANGED, on_change=OnChange.RESET))

    key: RuleKey = ("pack", "three")
    assert active.rebuilt_after(3) == {key: CHANGED}
    assert active.rebuilt_after(4) == {}


async def test_what_is_lethal_is_set_aside_and_the_rest_is_evaluated() -> None:
    whole, batch = given(event()), given([event(id="e-3"), event(id="e-4")])
    lethal = {id(whole): Lethal(is_whole=True), id(batch): Lethal(items=frozenset({0}))}
    desk = BackfillDesk(FakeReplaySource([[whole, batch, given(event(id="e-5"))]]))
    backfill = replace(desk.backfill, find_lethal=lambda message: lethal.get(id(message), HARMLESS))

    await backfill(rules(three=CHANGED), 1, 50)

    letters = desk.sender.to(DEAD_LETTERS)
    assert {header(letter.headers, "reason") for letter in letters} == {"crashes_worker"}
    assert len(letters) == 2
    assert [hit.identity[-3:] for hit in desk.signals if hit.rule == "three"] == ["e-4", "e-5"]
    assert desk.backfill.in_hand.list_held() == []
