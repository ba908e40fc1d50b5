"""The past, judged again: signals of changed rules alone, then the marks, then the record."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from aiokafka.errors import KafkaError

from schemas.bundle import BackfillBarrier, OnChange, Rebuilt
from schemas.envelope import BACKFILL_BARRIER, REBUILT, SIGNAL, TICK, cloud_headers, header
from schemas.signal import Signal, SignalKind
from schemas.topics import DEAD_LETTERS, RULES, SIGNALS
from services.matcher.adapters.detection.backfill import AHEAD, Backfill, BackfillPartitions
from services.matcher.adapters.detection.rebuilds import Rebuilds
from services.matcher.adapters.detection.replay_source import OffsetRange
from services.matcher.domain.alerts.rule_generation import RuleGeneration
from services.matcher.domain.changes.active_rules import ActiveRules
from services.matcher.domain.rules.rulebook import RuleKey
from tests.fakes import FakeOutbox
from tests.matcher.builders import NOON
from tests.matcher.fakes import FakePast
from tests.matcher.messages import Given, event, given, tick
from tests.matcher.rules import correlating, detecting, rulebook

CHANGED_AT = NOON + timedelta(hours=1)
SINCE = NOON - timedelta(days=7)
ANEW = RuleGeneration(OnChange.REBUILD, 4, CHANGED_AT, SINCE)
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


def rules(**standings: RuleGeneration) -> ActiveRules:
    return ActiveRules(BOOK, {("pack", name): one for name, one in standings.items()})


@dataclass
class BackfillDesk:
    """A rebuild of two events partitions onto three signals partitions."""

    past: FakePast = field(default_factory=FakePast)
    outbox: FakeOutbox = field(default_factory=FakeOutbox)
    done: dict[int, int] = field(default_factory=dict)
    failed: list[BaseException] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rebuild = Backfill(
            self.past, self.outbox, BackfillPartitions(3, lambda: 2, self.rebuilt)
        )
        self.rebuilds = Rebuilds(self.rebuild, self.rebuilt, self._fail)

    def rebuilt(self, partition: int) -> int:
        return self.done.get(partition, 0)

    async def _fail(self, error: BaseException) -> None:
        self.failed.append(error)

    @property
    def kinds(self) -> list[str | None]:
        return [header(letter.headers, "ce_type") for _, letter in self.outbox.sent]

    @property
    def signals(self) -> list[Signal]:
        sent = self.outbox.to(SIGNALS)
        raw = [one.value or b"" for one in sent if header(one.headers, "ce_type") == SIGNAL]
        return [Signal.model_validate_json(one) for one in raw]


async def test_only_the_rules_that_changed_are_asked_with_the_number_of_the_bundle() -> None:
    desk = BackfillDesk(
        FakePast([[given([event(), event(id="e-3", title="Markets")])], [given(LATE)]])
    )

    await desk.rebuild(rules(three=ANEW), 1, 50)

    assert [(one.rule, one.identity[-3:], one.bundle) for one in desk.signals] == [
        ("three", "e-1", 4),
        ("three", "e-2", 4),
    ]
    assert desk.past.asked == [OffsetRange(1, SINCE - AHEAD, 50)]


async def test_what_was_recorded_after_the_change_was_only_overtaken_and_is_live() -> None:
    desk = BackfillDesk(FakePast([[given([event(), LATE])]]))

    await desk.rebuild(rules(three=ANEW), 1, 50)

    assert [one.backfill for one in desk.signals] == [True, False]


async def test_a_correction_of_the_past_is_a_mark_and_a_hit() -> None:
    correction = event(id="e-9", supersedes="e-1", earlier=event())
    desk = BackfillDesk(FakePast([[given(correction)]]))

    await desk.rebuild(rules(three=ANEW), 1, 50)

    assert [one.kind for one in desk.signals] == [SignalKind.RETRACTION, SignalKind.HIT]


async def test_ticks_and_what_cannot_be_read_are_passed_over() -> None:
    headers = cloud_headers(TICK, "tick", "test", NOON)
    ticked = Given(tick(partition=1, partitions=2).model_dump_json().encode(), headers)
    desk = BackfillDesk(FakePast([[ticked, Given(b"{nope"), given(event())]]))

    await desk.rebuild(rules(three=ANEW), 1, 50)

    assert len(desk.signals) == 1
    assert not desk.outbox.to(DEAD_LETTERS)


async def test_the_marks_come_last_in_every_signals_partition_and_then_the_record() -> None:
    desk = BackfillDesk(FakePast([[given(event())]]))

    await desk.rebuild(rules(three=ANEW), 1, 50)

    assert desk.kinds == [SIGNAL, BACKFILL_BARRIER, BACKFILL_BARRIER, BACKFILL_BARRIER, REBUILT]
    marks = desk.outbox.to(SIGNALS)[1:]
    assert [one.partition for one in marks] == [0, 1, 2]
    told = {BackfillBarrier.model_validate_json(one.value or b"") for one in marks}
    assert told == {BackfillBarrier(partition=1, partitions=2, bundle=4)}
    (record,) = desk.outbox.to(RULES)
    assert record.key == b"rebuilt/1"
    assert Rebuilt.model_validate_json(record.value or b"") == Rebuilt(partition=1, bundle=4)


async def test_nothing_is_marked_before_kafka_has_the_signals_nor_recorded_before_the_marks() -> (
    None
):
    desk = BackfillDesk(FakePast([[given(event())]]), FakeOutbox(silent=True))
    desk.rebuilds.begin(rules(three=ANEW), 1, 50)
    await settle(desk, 1)
    signalled = desk.kinds
    desk.outbox.acknowledge()
    await settle(desk, 4)
    marked = desk.kinds
    desk.outbox.acknowledge()
    await settle(desk, 5)

    assert signalled == [SIGNAL]
    assert marked == [SIGNAL, BACKFILL_BARRIER, BACKFILL_BARRIER, BACKFILL_BARRIER]
    assert desk.kinds[-1] == REBUILT


@pytest.mark.parametrize(
    "standing",
    [
        replace(ANEW, on_change=OnChange.RESET),
        replace(ANEW, changed_in=2),
        RuleGeneration(),
    ],
    ids=["reset", "rebuilt already", "kept"],
)
async def test_with_nothing_to_rebuild_the_marks_are_sent_at_once(standing: RuleGeneration) -> None:
    desk = BackfillDesk(FakePast([[given(event())]]), done={1: 2})

    await desk.rebuild(rules(three=standing), 1, 50)

    assert not desk.past.asked
    assert desk.kinds == [BACKFILL_BARRIER, BACKFILL_BARRIER, BACKFILL_BARRIER, REBUILT]


async def test_a_rule_over_correlations_alone_has_no_past_to_read() -> None:
    desk = BackfillDesk(FakePast([[given(event())]]))

    await desk.rebuild(rules(above=ANEW), 1, 50)

    assert not desk.past.asked
    assert desk.kinds == [BACKFILL_BARRIER, BACKFILL_BARRIER, BACKFILL_BARRIER, REBUILT]


async def test_the_past_is_read_from_where_the_first_rule_begins_to_watch() -> None:
    earlier = replace(ANEW, since=SINCE - timedelta(days=1))
    desk = BackfillDesk(FakePast([[]]))

    await desk.rebuild(rules(three=ANEW, fire=earlier), 1, 50)

    assert [one.since for one in desk.past.asked] == [SINCE - timedelta(days=1) - AHEAD]


async def test_a_fault_of_kafka_begins_the_reading_again() -> None:
    desk = BackfillDesk(FakePast([[given(event())], [given(LATE)]], [KafkaError()]))

    await desk.rebuild(rules(three=ANEW), 1, 50)

    assert [one.identity[-3:] for one in desk.signals] == ["e-1", "e-1", "e-2"]
    assert desk.kinds[-1] == REBUILT


async def test_what_is_done_is_not_done_again() -> None:
    desk = BackfillDesk(done={1: 4})

    desk.rebuilds.begin(rules(three=ANEW), 1, 50)
    desk.rebuilds.begin(ActiveRules(replace(BOOK, number=0)), 2, 50)

    assert not desk.rebuilds.tasks


async def test_a_newer_bundle_takes_over_what_was_under_way() -> None:
    desk = BackfillDesk(FakePast([[given(event())]]), FakeOutbox(silent=True))
    desk.rebuilds.begin(rules(three=ANEW), 1, 50)
    await settle(desk, 1)
    newer = ActiveRules(replace(BOOK, number=6), {("pack", "three"): ANEW})

    desk.rebuilds.begin(newer, 1, 60)
    await settle(desk, 2)
    desk.outbox.acknowledge()
    await settle(desk, 5)
    desk.outbox.acknowledge()
    await settle(desk, 6)

    (record,) = desk.outbox.to(RULES)
    assert Rebuilt.model_validate_json(record.value or b"").bundle == 6
    assert [one.until for one in desk.past.asked] == [50, 60]
    assert not desk.failed


async def test_partitions_on_the_move_end_the_work_without_a_mark() -> None:
    desk = BackfillDesk(FakePast([[given(event())]]), FakeOutbox(silent=True))
    desk.rebuilds.begin(rules(three=ANEW), 1, 50)
    await settle(desk, 1)

    desk.rebuilds.stop()
    desk.outbox.acknowledge()
    await asyncio.sleep(0.01)

    assert desk.kinds == [SIGNAL]
    assert not desk.failed


async def test_what_cannot_be_mended_ends_the_process() -> None:
    desk = BackfillDesk(FakePast([[given(event())]], [OSError("disk")]))

    desk.rebuilds.begin(rules(three=ANEW), 1, 50)
    await settle(desk, 1)

    assert desk.kinds == [SIGNAL]
    assert [type(error) for error in desk.failed] == [OSError]


async def settle(desk: BackfillDesk, sent: int) -> None:
    """Wait until so many messages are sent, and let whatever comes next begin."""
    for _ in range(1000):
        if len(desk.outbox.sent) >= sent:
            break
        await asyncio.sleep(0.005)
    await asyncio.sleep(0.01)


def test_a_rule_is_to_be_rebuilt_where_its_change_was_not_applied() -> None:
    found = rules(three=ANEW, fire=replace(ANEW, on_change=OnChange.RESET))

    key: RuleKey = ("pack", "three")
    assert found.rebuilt_after(3) == {key: ANEW}
    assert found.rebuilt_after(4) == {}
