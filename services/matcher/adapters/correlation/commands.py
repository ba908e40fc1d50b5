"""The commands of the engine carried out: messages are sent, acknowledgements awaited."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field

from prometheus_client import Counter

from schemas.alert import Alert
from schemas.bundle import BackfillBarrier
from schemas.duty import SOURCE_SILENT, is_duty, is_watchdog
from schemas.indication import Indication
from schemas.signal import Signal
from schemas.storm import StormNews
from schemas.topics import ALERTS, SIGNALS
from services import telemetry
from services.matcher.adapters import metrics
from services.matcher.adapters.topics.codec import (
    encode_alert,
    encode_barrier,
    encode_indication,
    encode_signal,
    encode_storm_news,
)
from services.matcher.adapters.topics.record_sender import RecordSender, TooLarge, dead_letter
from services.matcher.adapters.topics.records import ConsumerRecord, ProducerRecord
from services.matcher.domain.engine.effects import (
    ENGINE,
    Command,
    Count,
    Metric,
    RefuseMessage,
    Send,
    Wait,
)
from services.tracing import note_ids

log = telemetry.logger(__name__)

MOST_RECENT = 1000
"""Alerts of earlier messages that are awaited; those before them are old."""
_COUNTERS: Mapping[Metric, Counter] = {
    Metric.FULL_WINDOW: metrics.FULL_WINDOWS,
    Metric.STALE_SIGNAL: metrics.STALE_SIGNALS,
    Metric.TOO_LATE: metrics.TOO_LATE,
}


@dataclass(slots=True)
class CommandRunner:
    """Carries out the commands that messages lead to, one after the other.

    `partitions` is the number of signals partitions. Kafka may not have yet what the message in
    hand has `sent`, nor the `recent` alerts.
    """

    sender: RecordSender
    partitions: int
    sent: list[Awaitable[object]] = field(default_factory=list)
    recent: deque[Awaitable[object]] = field(default_factory=lambda: deque(maxlen=MOST_RECENT))

    def begin(self) -> None:
        """The commands of another message follow."""
        self.sent.clear()

    async def pass_on(self, message: ConsumerRecord, partition: int) -> None:
        """Send a message on to the signals partition where it belongs."""
        headers = list(message.headers or ())
        record = ProducerRecord(message.value, headers, message.key, partition)
        self.sent.append(await self.sender.send(SIGNALS, record))

    async def run(self, command: Command, message: ConsumerRecord) -> None:
        """Carry out one command of a message: when it returns, what is sent is queued."""
        match command:
            case Send():
                await self._send(command, message)
            case RefuseMessage():
                await self._bury(command, message)
            case Count(metric, pack, rule):
                _COUNTERS[metric].labels(pack, rule).inc()
            case Wait.TURN:
                await asyncio.sleep(0)
            case Wait.ACKNOWLEDGED:
                for acknowledged in (*self.recent, *self.sent):
                    await acknowledged
                self.recent.clear()
                self.sent.clear()

    async def _send(self, command: Send, message: ConsumerRecord) -> None:
        match command.message:
            case Alert() as alert:
                note_ids(alert=alert.id)
                if await self._queue(ALERTS, encode_alert(alert), alert.rule.name, message):
                    _count_alert(alert, is_repeat=command.is_repeat)
                self.recent.append(self.sent[-1])
            case Signal() as signal:
                await self._queue(SIGNALS, encode_signal(signal), signal.rule, message)
            case Indication() as indication:
                record = encode_indication(indication)
                await self._queue(SIGNALS, record, indication.rule, message)
            case StormNews() as news:
                await self._queue(SIGNALS, encode_storm_news(news), news.rule.name, message)
            case BackfillBarrier() as barrier:
                for partition in range(self.partitions):
                    await self._queue(SIGNALS, encode_barrier(barrier, partition), "", message)

    async def _queue(
        self, topic: str, record: ProducerRecord, rule: str, message: ConsumerRecord
    ) -> bool:
        """Whether it is on its way; else a dead letter is."""
        try:
            self.sent.append(await self.sender.send(topic, record))
        except TooLarge as error:
            letter = dead_letter(self.sender, message, record.value, str(error), rule)
            self.sent.append(await letter)
            return False
        return True

    async def _bury(self, refusal: RefuseMessage, message: ConsumerRecord) -> None:
        reason, where = refusal.reason, refusal.where
        if where == ENGINE:
            log.warning(
                "refused", reason=reason, partition=message.partition, offset=message.offset
            )
        self.sent.append(await dead_letter(self.sender, message, message.value, reason, where))


def _count_alert(alert: Alert, *, is_repeat: bool) -> None:
    if is_repeat:
        metrics.REPEATS.inc()
    elif not is_watchdog(alert):
        metrics.ALERTS.labels(alert.pack, alert.rule.name, alert.level, alert.status).inc()
        if is_duty(alert) and alert.rule.name == SOURCE_SILENT:
            metrics.SOURCE_SILENCES.labels(alert.status).inc()
