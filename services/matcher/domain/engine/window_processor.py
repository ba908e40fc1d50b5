"""The processor of windows: hits, retractions, verdicts, time and changes of rules."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from schemas.signal import Signal
from schemas.verdict import Verdict
from services.matcher.domain.alerts.apply import RetractedEvents
from services.matcher.domain.alerts.deadline import deadline
from services.matcher.domain.changes.rule_change import RuleChange
from services.matcher.domain.engine.effects import Count, Effects, Metric, RefuseMessage
from services.matcher.domain.engine.keys import StateKey
from services.matcher.domain.engine.processor import Cause, ProcessingContext
from services.matcher.domain.engine.window_migration import WindowMigration
from services.matcher.domain.engine.window_step import WindowStep
from services.matcher.domain.rules.rulebook import RuleKey
from services.matcher.domain.windows.state import WindowState
from services.matcher.domain.windows.window_rule import WindowRule


@dataclass(frozen=True, slots=True)
class WindowProcessor:
    """The processor of the windows of these rules."""

    rules: Mapping[RuleKey, WindowRule]

    def handle(
        self, key: StateKey, state: WindowState | None, cause: Cause, context: ProcessingContext
    ) -> Effects[WindowState]:
        """As the protocol says."""
        name, known = key.rule, WindowState.empty() if state is None else state
        rule = self.rules.get(name)
        if isinstance(cause, RuleChange):
            return WindowMigration(name, rule, cause, context).run(known)
        stale = _count_stale(name, rule, cause, context) if isinstance(cause, Signal) else ()
        if rule is None:
            is_kept = bool(stale) or isinstance(cause, RetractedEvents)
            refused = () if is_kept else (RefuseMessage(f"rule: no {name[1]} in pack {name[0]}"),)
            return Effects(state, is_changed=False, commands=(*stale, *refused))
        step = WindowStep(context.rules, rule, known, context.rule_step(name))
        if isinstance(cause, Verdict):
            return step.apply(cause)
        if isinstance(cause, Signal):
            effects = step.apply(cause)
            return replace(effects, commands=(*stale, *effects.commands)) if stale else effects
        return _handle_for_all(step, cause, is_released=context.is_released(name))

    def due_at(self, key: StateKey, state: WindowState | None) -> datetime | None:
        """As the protocol says."""
        rule = self.rules.get(key.rule)
        return None if rule is None or state is None else deadline(rule, state)


def _handle_for_all(step: WindowStep, cause: Cause, *, is_released: bool) -> Effects[WindowState]:
    """The effects of what is not for the key of the state alone: time, or retracted events."""
    is_repeat = step.context.offset <= step.state.offset
    if isinstance(cause, RetractedEvents) and not is_repeat:
        return step.retract(cause)
    if step.context.backfilling:
        return Effects(step.state, is_changed=False)
    return step.release() if is_released or is_repeat else step.pass_time()


def _count_stale(
    name: RuleKey, rule: WindowRule | None, signal: Signal, context: ProcessingContext
) -> tuple[Count, ...]:
    rules = context.rules
    newest = rules.number if rule is None else rules.generation(name).changed_in
    return (Count(Metric.STALE_SIGNAL, *name),) if signal.bundle < newest else ()
