"""Setting aside: a message that ended two workers is a dead letter, and is not processed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from schemas.alert import Evidence
from schemas.crash import Crash
from schemas.duty import MESSAGE_SET_ASIDE, OWN_SOURCE, make_duty_hit
from schemas.signal import Signal
from schemas.topics import SIGNALS
from services import telemetry
from services.matcher.adapters import metrics
from services.matcher.adapters.crashes.in_hand import InHand
from services.matcher.adapters.stream.agents import ProcessMessage
from services.matcher.adapters.topics.codec import EventsItem, encode_item, encode_signal
from services.matcher.adapters.topics.record_sender import RecordSender, dead_letter
from services.matcher.adapters.topics.records import ConsumerRecord
from services.matcher.domain.crashes.lethal import CRASHES_WORKER, HARMLESS, Lethal, find_lethal

log = telemetry.logger(__name__)

ProcessRest = Callable[[ConsumerRecord, frozenset[int]], Awaitable[None]]
"""Processes a message without the items of these indices."""


class CrashRecords(Protocol):
    """The rules topic, as far as it holds crashes."""

    async def caught_up(self) -> None:
        """Wait until all that is in the topic now has been read."""
        ...

    def crashes(self, topic: str, partition: int) -> tuple[Crash, ...]:
        """The crashes that name messages of a partition."""
        ...


@dataclass(frozen=True, slots=True)
class Agent:
    """One stage: `where` names it, `process` handles a message, `pass_over` leaves it out."""

    where: str
    process: ProcessRest
    pass_over: ProcessMessage


@dataclass(frozen=True, slots=True)
class LethalFilter:
    """Passes the messages of partitions to agents, and sets aside those that are lethal."""

    records: CrashRecords
    in_hand: InHand
    sender: RecordSender
    _caught_up: set[tuple[str, int]] = field(default_factory=set)

    async def take(self, agent: Agent, message: ConsumerRecord) -> None:
        """Have the message processed, or set aside and passed over."""
        try:
            if (message.topic, message.partition) not in self._caught_up:
                await self._catch_up(message)
            lethal = self.find(message)
            if lethal.is_whole:
                await set_aside(self.sender, message, message.value, agent.where)
                await agent.pass_over(message)
            else:
                await agent.process(message, lethal.items)
        finally:
            self.in_hand.release()

    def forget_partitions(self) -> None:
        """Partitions move: other workers may add crashes."""
        self._caught_up.clear()

    async def _catch_up(self, message: ConsumerRecord) -> None:
        await self.records.caught_up()
        self._caught_up.add((message.topic, message.partition))

    def find(self, message: ConsumerRecord) -> Lethal:
        """What of a message is lethal, by the crashes that are known."""
        crashes = self.records.crashes(message.topic, message.partition)
        return find_lethal(crashes, message.value) if crashes else HARMLESS


async def set_item_aside(
    sender: RecordSender, message: ConsumerRecord, item: EventsItem, where: str
) -> None:
    """Set aside an item of a batch alone."""
    await set_aside(sender, message, encode_item(item), where)


async def set_aside(
    sender: RecordSender, message: ConsumerRecord, value: bytes | None, where: str
) -> None:
    """Send `value`, the message or an item of it, to the dead letters, and inform the duty."""
    position = f"{message.topic}/{message.partition}@{message.offset}"
    log.error("a message ended two workers: it is set aside", message=position, where=where)
    metrics.SET_ASIDE.labels(where).inc()
    await dead_letter(sender, message, value, CRASHES_WORKER, where)
    signal = _make_signal(position, message.topic, datetime.now(UTC))
    await sender.send(SIGNALS, encode_signal(signal))


def _make_signal(position: str, topic: str, now: datetime) -> Signal:
    """The hit of the duty window."""
    evidence = Evidence(
        event_id=position,
        source=OWN_SOURCE,
        occurred_at=now,
        recorded_at=now,
        title=f"set aside: {position}",
    )
    return make_duty_hit(MESSAGE_SET_ASIDE, {"topic": topic}, evidence)
