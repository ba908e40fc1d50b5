"""The processor of hypotheses: what is known of their indicators, and time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from schemas.indication import Indication
from services.matcher.domain.alerts.rule_generation import first_serial
from services.matcher.domain.changes.ending import end_levels
from services.matcher.domain.changes.rule_change import RuleChange
from services.matcher.domain.engine.effects import Effects, RefuseMessage, Send
from services.matcher.domain.engine.keys import StateKey
from services.matcher.domain.engine.processor import Cause, ProcessingContext
from services.matcher.domain.hypotheses.hypothesis import WatchedHypothesis
from services.matcher.domain.hypotheses.indications import read_indication
from services.matcher.domain.hypotheses.state import HypothesisState
from services.matcher.domain.hypotheses.step import hypothesis_deadline, step_hypothesis
from services.matcher.domain.rules.rulebook import RuleKey


@dataclass(frozen=True, slots=True)
class HypothesisProcessor:
    """The processor of these hypotheses."""

    hypotheses: Mapping[RuleKey, WatchedHypothesis]

    def handle(
        self, key: StateKey, state: HypothesisState | None, cause: Cause, context: ProcessingContext
    ) -> Effects[HypothesisState]:
        """As the protocol says."""
        name = key.rule
        hypothesis = self.hypotheses.get(name)
        if isinstance(cause, RuleChange):
            ended = () if state is None else end_levels(state, context.now)
            return Effects(None, commands=tuple(map(Send, ended)), forgets_alerts=True)
        if hypothesis is None:
            refusal = RefuseMessage(f"hypothesis: no {name[1]} in pack {name[0]}")
            return Effects(state, is_changed=False, commands=(refusal,))
        indication = cause if isinstance(cause, Indication) else None
        if state is None:
            is_drill = indication is not None and indication.exercise
            state = HypothesisState(exercise=is_drill, serial=first_serial(context.rules.number))
        change = None if indication is None else read_indication(indication)
        result = step_hypothesis(hypothesis, state, change, context.step)
        alerts = (Send(alert, is_repeat=not result.is_changed) for alert in result.alerts)
        due = hypothesis_deadline(hypothesis, result.state)
        return Effects(result.state, result.is_changed, due, tuple(alerts))

    def due_at(self, key: StateKey, state: HypothesisState | None) -> datetime | None:
        """As the protocol says; without a state it is that of evidence already observed."""
        hypothesis = self.hypotheses.get(key.rule)
        known = HypothesisState.empty() if state is None else state
        return None if hypothesis is None else hypothesis_deadline(hypothesis, known)
