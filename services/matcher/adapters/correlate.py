"""correlate: signals into windows, alerts out; ticks resolve and forget.

A message has two effects, the state and the alerts, and a crash may keep either without the
other: they go to different topics. State kept and alert lost: the message comes again, is not past
the state's offset, and the engine sends the alert again. Alert sent and state lost: the message
meets the old state and leads to the same alert, with the same id and revision. So the order of
the two does not matter, with one exception: a state that is to be deleted is the last thing that
knows its alerts, so they are on Kafka first.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from schemas.alert import Alert
from schemas.envelope import ALERT, INDICATION, TICK, cloud_headers
from schemas.indication import Indication
from schemas.signal import Signal
from schemas.tick import Tick
from schemas.topics import ALERTS, SIGNALS
from services import telemetry
from services.matcher.adapters import metrics
from services.matcher.adapters.detect import SOURCE, signal_letter
from services.matcher.adapters.guard import RuleFault, guarded
from services.matcher.adapters.hypotheses import Hypotheses, indication_letter
from services.matcher.adapters.message import Received, kind_of, reason
from services.matcher.adapters.outbox import Letter, Outbox, TooLarge, bury
from services.matcher.adapters.windows import StateTooLarge, Windows, rule_of
from services.matcher.domain.forget import is_full
from services.matcher.domain.hypothesis_news import news
from services.matcher.domain.hypothesis_step import HypothesisOutcome
from services.matcher.domain.state import State
from services.matcher.domain.step import TOO_LATE, Moment, Outcome, deadline, step
from services.matcher.domain.window_rule import WindowRule

log = telemetry.logger(__name__)

WHERE = "correlate"
Told = Signal | Indication | Tick
_READ: Mapping[str | None, type[Told]] = {TICK: Tick, INDICATION: Indication}


@dataclass(frozen=True, slots=True)
class Stepped:
    """What the engine made of a message, when the state that it leaves is due, and its news."""

    outcome: Outcome
    due: datetime | None
    news: tuple[Indication, ...] = ()


def stepped(rule: WindowRule, state: State, told: Signal | None, moment: Moment) -> Stepped:
    """One step of the engine and what it leads to: all that a rule can fail in."""
    outcome = step(rule, state, told, moment)
    kept = outcome.state
    due = None if kept is None else deadline(rule, kept)
    return Stepped(outcome, due, news(rule, state, outcome, moment.now))


@dataclass(frozen=True, slots=True)
class Correlation:
    """What `correlate` does with one message of the signals topic.

    `now` gives the time at which what a message leads to is announced, `chain` the hits that an
    alert is for rules above its own.
    """

    windows: Windows
    hypotheses: Hypotheses
    outbox: Outbox
    now: Callable[[Told], datetime]
    chain: Callable[[Alert], tuple[Signal, ...]] = lambda _alert: ()

    async def take(self, message: Received) -> None:
        """Apply it. Returns when all that came of it is queued."""
        read = _READ.get(kind_of(message), Signal)
        try:
            told = read.model_validate_json(message.value or b"")
        except ValidationError as error:
            await bury(self.outbox, message, message.value, (reason(error), WHERE))
            return
        match told:
            case Tick():
                await self._tick(told, message)
            case Indication():
                await self._indication(told, message)
            case Signal():
                await self._signal(told, message)

    async def _indication(self, told: Indication, message: Received) -> None:
        if (told.pack, told.hypothesis) not in self.hypotheses.rules:
            why = f"hypothesis: no {told.hypothesis} in pack {told.pack}"
            await self._refuse(message, why)
            return
        clock = self.windows.clock(message.partition)
        moment = Moment(message.offset, clock.now(), self.now(told))
        try:
            outcome = self.hypotheses.hear(told, message.partition, moment)
        except StateTooLarge as error:
            await self._refuse(message, str(error))
            return
        await self._levels(outcome, message)

    async def _levels(self, outcome: HypothesisOutcome | RuleFault, message: Received) -> None:
        if isinstance(outcome, RuleFault):
            await bury(self.outbox, message, message.value, outcome.why)
            return
        for alert in outcome.alerts:
            await self._send(alert, message, changed=outcome.changed)

    async def _signal(self, signal: Signal, message: Received) -> None:
        rule = self.windows.rules.get((signal.pack, signal.rule))
        if rule is None:
            await self._refuse(message, f"rule: no {signal.rule} in pack {signal.pack}")
            return
        state = self.windows.state(message.partition, signal.key)
        clock = self.windows.clock(message.partition)
        since = clock.watching_since((signal.pack, signal.rule))
        moment = Moment(message.offset, clock.now(), self.now(signal), since)
        result = guarded(signal.rule, lambda: stepped(rule, state, signal, moment))
        if isinstance(result, RuleFault):
            await bury(self.outbox, message, message.value, result.why)
            return
        outcome = result.outcome
        if outcome.refused == TOO_LATE:
            metrics.TOO_LATE.labels(signal.pack, signal.rule).inc()
        if outcome.refused is not None:
            await bury(self.outbox, message, message.value, (outcome.refused, signal.rule))
        await self._apply(signal.key, result, message)

    async def _tick(self, tick: Tick, message: Received) -> None:
        metrics.TICKS.labels(SIGNALS).inc()
        partition, offset = message.partition, message.offset
        before = self.windows.clock(partition)
        clock = before.advanced(tick, offset).watching(self.windows.rules)
        schedule = self.windows.schedule(partition)
        again = schedule.not_before(offset)
        time = clock.now()
        due = tuple(schedule.pop(time)) if time is not None and clock is not before else ()
        moment = Moment(offset, time, self.now(tick))
        for key in dict.fromkeys((*again, *due)):
            await self._step(key, moment, message)
        try:
            for outcome in self.hypotheses.tick(partition, moment):
                await self._levels(outcome, message)
        except StateTooLarge as error:
            await self._refuse(message, str(error))
        if clock is not before:
            # the clock last: a crash on the way leaves the tick to be applied again
            self.windows.keep_clock(partition, clock)

    async def _step(self, key: bytes, moment: Moment, message: Received) -> None:
        rule = self.windows.rules[rule_of(key)]
        state = self.windows.state(message.partition, key)
        result = guarded(rule.name, lambda: stepped(rule, state, None, moment))
        if isinstance(result, RuleFault):
            await bury(self.outbox, message, message.value, result.why)
            return
        if not result.outcome.changed:
            self.windows.schedule(message.partition).note(key, result.due, state.offset)
        await self._apply(key, result, message)

    async def _apply(self, key: bytes, result: Stepped, message: Received) -> None:
        outcome, rule = result.outcome, self.windows.rules[rule_of(key)]
        try:
            self._keep(rule, key, result, message.partition)
        except StateTooLarge as error:
            await self._refuse(message, str(error))
            return
        told = outcome.alerts if rule.announces else ()
        sent = [await self._send(alert, message, changed=outcome.changed) for alert in told]
        fed = [signal for alert in outcome.alerts for signal in self.chain(alert)]
        sent += [await self._feed(signal_letter(one), one.rule, message) for one in fed]
        sent += [await self._feed(indication_letter(one), one.rule, message) for one in result.news]
        if outcome.changed and outcome.state is None:
            for acknowledged in sent:
                await acknowledged
            self.windows.drop(message.partition, key)

    def _keep(self, rule: WindowRule, key: bytes, result: Stepped, partition: int) -> None:
        state = result.outcome.state
        if state is None or not result.outcome.changed:
            return
        if is_full(rule, state):
            metrics.FULL.labels(rule.pack, rule.name).inc()
        self.windows.keep(partition, key, state, result.due)

    async def _send(self, alert: Alert, message: Received, *, changed: bool) -> Awaitable[object]:
        letter = alert_letter(alert)
        if changed:
            metrics.ALERTS.labels(alert.level, alert.status).inc()
        else:
            metrics.REPEATS.inc()
        try:
            return await self.outbox.send(ALERTS, letter)
        except TooLarge as error:
            return await bury(self.outbox, message, letter.value, (str(error), alert.rule.name))

    async def _feed(self, letter: Letter, rule: str, message: Received) -> Awaitable[object]:
        try:
            return await self.outbox.send(SIGNALS, letter)
        except TooLarge as error:
            return await bury(self.outbox, message, letter.value, (str(error), rule))

    async def _refuse(self, message: Received, why: str) -> None:
        log.warning("refused", reason=why, partition=message.partition, offset=message.offset)
        await bury(self.outbox, message, message.value, (why, WHERE))


def alert_letter(alert: Alert) -> Letter:
    """An alert as a message: the same revision has the same `ce_id`, however often it is sent."""
    recorded = [one.recorded_at for one in alert.evidence if one.recorded_at is not None]
    headers = cloud_headers(
        ALERT,
        f"{alert.id}-{alert.revision}",
        SOURCE,
        alert.updated_at,
        max(recorded, default=None),
    )
    value = alert.model_dump_json(exclude_defaults=True).encode()
    return Letter(value, headers, alert.fingerprint.encode())
