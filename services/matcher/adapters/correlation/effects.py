"""Effects: states are kept, alerts and what else was said is sent.

A message has two effects, the state and the alerts, and a crash may keep either without the
other: they go to different topics. State kept and alert lost: the message comes again, is not past
the state's offset, and the engine sends the alert again. Alert sent and state lost: the message
meets the old state and leads to the same alert, with the same id and revision. So the order of
the two does not matter, with one exception: a state that is to be deleted, or to forget an alert,
is the last thing that knows it, so all alerts are on Kafka first.
"""

from collections import deque
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass, field

from schemas.alert import Alert
from schemas.duty import is_watchdog
from schemas.indication import Indication
from schemas.signal import Signal
from schemas.topics import ALERTS, SIGNALS
from services import telemetry
from services.matcher.adapters import metrics
from services.matcher.adapters.correlation.processing import Stepped
from services.matcher.adapters.rules.guard import RuleFailure
from services.matcher.adapters.state.keyed_states import StateTooLarge
from services.matcher.adapters.state.windows import Windows, rule_of
from services.matcher.adapters.topics.codec import encode_alert, encode_indication, encode_signal
from services.matcher.adapters.topics.record_sender import RecordSender, TooLarge, dead_letter
from services.matcher.adapters.topics.records import ConsumerRecord, ProducerRecord
from services.matcher.domain.alerts.forget import is_full

log = telemetry.logger(__name__)

WHERE = "correlate"
MOST_SENT = 1000
"""Alerts that are waited for before one is forgotten; those before them are old."""


@dataclass(frozen=True, slots=True)
class Effects:
    """What a message leads to; what cannot be kept or sent is buried in its name.

    `under_way` are the alerts sent last, which Kafka may not have yet.
    """

    windows: Windows
    outbox: RecordSender
    under_way: deque[Awaitable[object]] = field(default_factory=lambda: deque(maxlen=MOST_SENT))

    async def apply(
        self, key: bytes, result: Stepped | RuleFailure, message: ConsumerRecord
    ) -> list[Awaitable[object]]:
        """Keep the state of a window key, and send what came of it; the answer: it is on Kafka."""
        if isinstance(result, RuleFailure):
            return [
                await dead_letter(self.outbox, message, message.value, result.reason, result.where)
            ]
        forgets = result.forgets(self.windows.state(message.partition, key))
        if forgets:
            await self._acknowledged(await self._said(key, result, message))
        try:
            self._keep(key, result, message.partition)
        except StateTooLarge as error:
            await self.refuse(message, str(error))
            return []
        return [] if forgets else await self._said(key, result, message)

    async def _acknowledged(self, sent: Iterable[Awaitable[object]]) -> None:
        for acknowledged in (*self.under_way, *sent):
            await acknowledged
        self.under_way.clear()

    def _keep(self, key: bytes, result: Stepped, partition: int) -> None:
        state, rule = result.outcome.state, self.windows.rules[rule_of(key)]
        if not result.outcome.changed:
            return
        if state is None:
            self.windows.drop(partition, key)
            return
        if is_full(rule, state):
            metrics.FULL_WINDOWS.labels(rule.pack, rule.name).inc()
        self.windows.keep(partition, key, state, result.due)

    async def _said(
        self, key: bytes, result: Stepped, message: ConsumerRecord
    ) -> list[Awaitable[object]]:
        outcome, rule = result.outcome, self.windows.rules[rule_of(key)]
        told = outcome.alerts if rule.announces else ()
        sent = [await self.alert(alert, message, changed=outcome.changed) for alert in told]
        sent += [await self.signal(one, message) for one in result.above]
        sent += [await self.indication(one, message) for one in result.news]
        return sent

    async def alert(
        self, alert: Alert, message: ConsumerRecord, *, changed: bool
    ) -> Awaitable[object]:
        """Send an alert; unless `changed` it is one sent again. The answer: it is on Kafka."""
        letter = encode_alert(alert)
        if not changed:
            metrics.REPEATS.inc()
        elif not is_watchdog(alert):
            metrics.ALERTS.labels(alert.level, alert.status).inc()
        sent = await self._send(ALERTS, letter, alert.rule.name, message)
        self.under_way.append(sent)
        return sent

    async def signal(self, signal: Signal, message: ConsumerRecord) -> Awaitable[object]:
        """Send a hit for a rule above."""
        return await self._send(SIGNALS, encode_signal(signal), signal.rule, message)

    async def indication(self, told: Indication, message: ConsumerRecord) -> Awaitable[object]:
        """Send news of an indicator."""
        return await self._send(SIGNALS, encode_indication(told), told.rule, message)

    async def _send(
        self, topic: str, letter: ProducerRecord, rule: str, message: ConsumerRecord
    ) -> Awaitable[object]:
        try:
            return await self.outbox.send(topic, letter)
        except TooLarge as error:
            return await dead_letter(self.outbox, message, letter.value, str(error), rule)

    async def refuse(self, message: ConsumerRecord, why: str) -> None:
        """Bury the message: it cannot be used."""
        log.warning("refused", reason=why, partition=message.partition, offset=message.offset)
        await dead_letter(self.outbox, message, message.value, why, WHERE)
