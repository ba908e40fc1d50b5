"""Stepped: what the engine makes of a message and one state, and all that this leads to."""

from dataclasses import dataclass
from datetime import datetime

from schemas.alert import Alert
from schemas.indication import Indication
from schemas.signal import Signal
from services.matcher.adapters.topics.records import ConsumerRecord
from services.matcher.domain.alerts.step import (
    StepContext,
    StepResult,
    current_alerts,
    deadline,
    step_window,
)
from services.matcher.domain.changes.active_rules import ActiveRules
from services.matcher.domain.changes.clock import Clock
from services.matcher.domain.changes.release import history, release
from services.matcher.domain.hypotheses.indications import make_indications
from services.matcher.domain.rules.chain import chain_alert
from services.matcher.domain.rules.rulebook import RuleKey
from services.matcher.domain.windows.state import WindowState
from services.matcher.domain.windows.window_rule import WindowRule


@dataclass(frozen=True, slots=True)
class ProcessingContext:
    """A message on its way through the engine: the rules in force, its partition's clock, now."""

    message: ConsumerRecord
    force: ActiveRules
    clock: Clock
    now: datetime

    def moment(self, rule: RuleKey) -> StepContext:
        """When and where it reaches the states of one rule."""
        standing = self.force.generation(rule)
        return StepContext(
            self.message.offset,
            self.clock.now(),
            self.now,
            standing.since or self.clock.watching_since(rule),
            standing,
            self.is_backfilling(rule),
        )

    def is_backfilling(self, rule: RuleKey) -> bool:
        """Whether a rule has nothing to say while its past is judged again."""
        standing = self.force.generation(rule)
        return standing.changed_in > 0 and self.clock.is_backfilling(
            standing, self.force.level(rule)
        )

    def above(self, alerts: tuple[Alert, ...]) -> tuple[Signal, ...]:
        """The hits that alerts are for rules above their own."""
        return tuple(one for alert in alerts for one in chain_alert(self.force.rulebook, alert))


@dataclass(frozen=True, slots=True)
class Stepped:
    """An outcome, when the state that it leaves is due, hits for rules above, and news."""

    outcome: StepResult
    due: datetime | None = None
    above: tuple[Signal, ...] = ()
    news: tuple[Indication, ...] = ()

    def forgets(self, before: WindowState) -> bool:
        """Whether an alert will be known no more that was said, now or before."""
        outcome = self.outcome
        if outcome.state is None or not outcome.changed:
            return outcome.changed
        said = {one.id for one in before.announced} | {alert.id for alert in outcome.alerts}
        return not said.issubset(one.id for one in outcome.state.announced)


def stepped(
    rule: WindowRule, state: WindowState, told: Signal | None, heard: ProcessingContext
) -> Stepped:
    """One step of the engine and what it leads to: all that a rule can fail in."""
    moment = heard.moment((rule.pack, rule.name))
    outcome = step_window(rule, state, told, moment)
    if moment.backfilling:
        return Stepped(outcome)
    said = make_indications(rule, state, outcome, moment.now)
    return Stepped(outcome, _due(rule, outcome), heard.above(outcome.alerts), said)


def ticked(rule: WindowRule, state: WindowState, heard: ProcessingContext) -> Stepped:
    """One step that only the time leads to."""
    return stepped(rule, state, None, heard)


def released(rule: WindowRule, state: WindowState, heard: ProcessingContext) -> Stepped:
    """A state judged for the first time since its rule began anew.

    Hypotheses, and the rules above, hear of all of it: they have heard nothing meanwhile.
    """
    moment = heard.moment((rule.pack, rule.name))
    if moment.backfilling:
        return Stepped(StepResult(state, changed=False))
    outcome = release(rule, state, moment)
    left = WindowState.empty() if outcome.state is None else outcome.state
    said = standing_news(rule, left, heard.now)
    return Stepped(outcome, _due(rule, outcome), heard.above(history(rule, left)), said)


def standing_news(rule: WindowRule, state: WindowState, now: datetime) -> tuple[Indication, ...]:
    """What a hypothesis that has heard nothing of a state has to hear."""
    return make_indications(
        rule, state, StepResult(state, current_alerts(rule, state), changed=False), now
    )


def _due(rule: WindowRule, outcome: StepResult) -> datetime | None:
    return None if outcome.state is None else deadline(rule, outcome.state)
