"""Silent sources: heartbeats and ticks in, alerts and indications for every hypothesis out."""

from dataclasses import dataclass

from schemas.duty import is_own
from schemas.heartbeat import Heartbeat
from services.matcher.adapters import metrics
from services.matcher.adapters.correlation.effects import Effects
from services.matcher.adapters.correlation.hypotheses import Hypotheses
from services.matcher.adapters.correlation.processing import ProcessingContext
from services.matcher.adapters.correlation.sources import Sources
from services.matcher.adapters.rules.guard import RuleFailure
from services.matcher.adapters.topics.record_sender import dead_letter
from services.matcher.domain.alerts.step import StepContext
from services.matcher.domain.duty.source_step import SourceOutcome
from services.matcher.domain.duty.watchdog import watchdog_alert
from services.matcher.domain.hypotheses.indications import make_source_indications


@dataclass(frozen=True, slots=True)
class SourceSilence:
    """Handles heartbeats, and the silence of sources at a tick."""

    sources: Sources
    hypotheses: Hypotheses
    effects: Effects

    async def take(self, heartbeat: Heartbeat, heard: ProcessingContext) -> None:
        """Apply a heartbeat; that of the watchdog is an alert at once and keeps no state."""
        message = heard.message
        if is_own(heartbeat.source):
            alert = watchdog_alert(heartbeat, message.partition, heard.now)
            await self.effects.alert(alert, message, changed=True)
            return
        outcome = self.sources.hear(heartbeat, message.partition, _moment(heard))
        await self._tell(heartbeat.source, outcome, heard)

    async def tick(self, heard: ProcessingContext) -> None:
        """Judge the silence of every source of the partition that is due."""
        for name, outcome in self.sources.tick(heard.message.partition, _moment(heard)):
            await self._tell(name, outcome, heard)

    async def _tell(
        self, name: str, outcome: SourceOutcome | RuleFailure, heard: ProcessingContext
    ) -> None:
        message = heard.message
        if isinstance(outcome, RuleFailure):
            await dead_letter(
                self.effects.outbox, message, message.value, outcome.reason, outcome.where
            )
            return
        sent = []
        if outcome.alert is not None:
            metrics.SOURCE_SILENCES.labels(outcome.alert.status).inc(outcome.changed)
            sent.append(await self.effects.alert(outcome.alert, message, changed=outcome.changed))
        if outcome.silent is not None:
            hypotheses = self.hypotheses.rules.values()
            news = make_source_indications(hypotheses, name, heard.now, silent=outcome.silent)
            sent += [await self.effects.indication(one, message) for one in news]
        if outcome.state is None and outcome.changed:
            for acknowledged in sent:
                await acknowledged
            self.sources.drop(message.partition, name)


def _moment(heard: ProcessingContext) -> StepContext:
    return StepContext(heard.message.offset, heard.clock.now(), heard.now)
