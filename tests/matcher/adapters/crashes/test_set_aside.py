"""Setting aside: lethal messages go to the dead letters, all others to their agent."""

from dataclasses import dataclass, field

from faust.types import TP

from schemas.crash import Crash, CrashReason
from schemas.duty import DUTY_PACK, MESSAGE_SET_ASIDE
from schemas.envelope import header
from schemas.signal import Signal
from schemas.topics import DEAD_LETTERS, RULES, SIGNALS
from services.matcher.adapters.crashes.in_hand import InHand
from services.matcher.adapters.crashes.passed import COPY_SECONDS, PassedCrashes
from services.matcher.adapters.crashes.set_aside import Agent, LethalFilter
from services.matcher.adapters.topics.records import ConsumerRecord
from services.matcher.domain.crashes.lethal import CRASHES_WORKER, digest_value
from tests.fakes import FakeRecordSender
from tests.matcher.builders import NOON
from tests.matcher.messages import Given

MESSAGE = Given(b"x", topic="vedette.events", partition=1, offset=7)
TP_1 = TP("vedette.events", 1)


def crash(times: int, item: int | None = None) -> Crash:
    digest = digest_value(MESSAGE.value)
    return Crash(offset=7, digest=digest, item=item, times=times, reason=CrashReason.STUCK, at=NOON)


@dataclass
class FakeCrashRecords:
    """The rules topic; `late` are read only after the wait."""

    known: tuple[Crash, ...] = ()
    late: tuple[Crash, ...] = ()
    waits: int = 0

    async def caught_up(self) -> None:
        self.waits += 1
        self.known += self.late

    def crashes(self, topic: str, partition: int) -> tuple[Crash, ...]:
        return self.known if (topic, partition) == ("vedette.events", 1) else ()


@dataclass
class Stage:
    """An agent that remembers what it was given."""

    in_hand: InHand
    processed: list[frozenset[int]] = field(default_factory=list)
    passed_over: list[ConsumerRecord] = field(default_factory=list)

    async def process(self, message: ConsumerRecord, items: frozenset[int]) -> None:
        self.in_hand.hold(message)
        self.processed.append(items)

    async def pass_over(self, message: ConsumerRecord) -> None:
        self.passed_over.append(message)


@dataclass
class Filtered:
    """A filter in front of such an agent."""

    records: FakeCrashRecords
    sender: FakeRecordSender = field(default_factory=FakeRecordSender)

    def __post_init__(self) -> None:
        self.in_hand = InHand()
        self.stage = Stage(self.in_hand)
        self.filter = LethalFilter(self.records, self.in_hand, self.sender)
        self.agent = Agent("detect", self.stage.process, self.stage.pass_over)

    async def take(self, message: Given = MESSAGE) -> None:
        await self.filter.take(self.agent, message)


async def test_a_message_that_no_crash_names_is_processed_and_released() -> None:
    filtered = Filtered(FakeCrashRecords())

    await filtered.take()

    assert filtered.stage.processed == [frozenset()]
    assert filtered.in_hand.list_held() == []
    assert filtered.sender.sent == []


async def test_a_lethal_message_is_a_dead_letter_and_is_passed_over() -> None:
    filtered = Filtered(FakeCrashRecords((crash(2),)))

    await filtered.take()

    (letter,) = filtered.sender.to(DEAD_LETTERS)
    assert (letter.value, header(letter.headers, "reason")) == (b"x", CRASHES_WORKER)
    assert filtered.stage.processed == []
    assert filtered.stage.passed_over == [MESSAGE]


async def test_the_duty_is_informed_of_it() -> None:
    filtered = Filtered(FakeCrashRecords((crash(2),)))

    await filtered.take()

    (record,) = filtered.sender.to(SIGNALS)
    signal = Signal.model_validate_json(record.value or b"")
    assert (signal.pack, signal.rule) == (DUTY_PACK, MESSAGE_SET_ASIDE)
    assert signal.group == {"topic": "vedette.events"}
    assert signal.identity == "vedette.events/1@7"


async def test_lethal_items_are_left_to_the_agent() -> None:
    filtered = Filtered(FakeCrashRecords((crash(2, item=3),)))

    await filtered.take()

    assert filtered.stage.processed == [frozenset({3})]


async def test_the_first_message_of_a_partition_waits_for_the_records_of_its_last_owner() -> None:
    filtered = Filtered(FakeCrashRecords(late=(crash(2),)))

    await filtered.take()
    await filtered.take()
    assert filtered.records.waits == 1
    filtered.filter.forget_partitions()
    await filtered.take()

    assert filtered.records.waits == 2
    assert filtered.stage.processed == []


async def test_the_record_is_cleared_when_the_message_and_its_copies_are_committed() -> None:
    sender, records, times = FakeRecordSender(), FakeCrashRecords((crash(2),)), [0.0]
    passed = PassedCrashes(records, sender, clock=lambda: times[-1])

    await passed.clear({TP_1: 7}, lambda _tp: 20)
    times.append(100.0)
    await passed.clear({TP_1: 8}, lambda _tp: 8)
    times.append(100.0 + COPY_SECONDS - 1)
    await passed.clear({TP_1: 8}, lambda _tp: 8)
    times.append(100.0 + COPY_SECONDS)
    await passed.clear({TP_1: 8}, lambda _tp: 12)
    assert sender.to(RULES) == []
    await passed.clear({TP_1: 12}, lambda _tp: 30)

    (cleared,) = sender.to(RULES)
    assert (cleared.key, cleared.value) == (b"crash/vedette.events/1", None)


async def test_a_partition_without_crashes_writes_nothing() -> None:
    sender = FakeRecordSender()

    await PassedCrashes(FakeCrashRecords(), sender).clear({TP_1: 100}, lambda _tp: 0)

    assert sender.sent == []


async def test_the_record_stays_while_the_partition_is_backfilled() -> None:
    sender = FakeRecordSender()
    times = [0.0]
    passed = PassedCrashes(
        FakeCrashRecords((crash(2),)), sender, lambda tp: tp == TP_1, lambda: times[-1]
    )

    await passed.clear({TP_1: 100}, lambda _tp: 0)
    times.append(COPY_SECONDS)
    await passed.clear({TP_1: 100}, lambda _tp: 0)

    assert sender.sent == []
