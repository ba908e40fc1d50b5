"""What a change of rules leads to for the state of one window."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from schemas.signal import Signal
from services.matcher.domain.alerts.deadline import deadline
from services.matcher.domain.alerts.reset import reset_state
from services.matcher.domain.alerts.revisions import current_alerts
from services.matcher.domain.changes.ending import (
    REMOVED,
    RESET,
    end_alerts,
    end_alerts_of_unknown,
    repeat_alerts_of_unknown,
)
from services.matcher.domain.changes.rule_change import RuleChange
from services.matcher.domain.engine.effects import Command, Effects, Send
from services.matcher.domain.engine.processor import ProcessingContext
from services.matcher.domain.engine.window_step import (
    WindowStep,
    chain_history,
    make_current_indications,
)
from services.matcher.domain.rules.rulebook import RuleKey
from services.matcher.domain.windows.state import WindowState
from services.matcher.domain.windows.window_rule import WindowRule


@dataclass(frozen=True, slots=True)
class WindowMigration:
    """The migration of the states of rule `name`: `rule` now, None if it was removed."""

    name: RuleKey
    rule: WindowRule | None
    change: RuleChange
    context: ProcessingContext

    def run(self, state: WindowState) -> Effects[WindowState]:
        """Delete, reset or keep the state."""
        if self.rule is None:
            sent = (*self._repeat_alerts(state), *self._end_alerts(state, REMOVED))
            return Effects(None, commands=sent, forgets_alerts=True)
        if not self.change.resets(self.name):
            return self._keep(self.rule, state)
        after, repeats = self._reset(self.rule, state), tuple(self._repeat_alerts(state))
        if self.change.rebuilds(self.name):
            return Effects(after, commands=repeats)
        due, sent = deadline(self.rule, after), (*repeats, *self._end_alerts(state, RESET))
        return Effects(after, due=due, commands=sent, forgets_alerts=True)

    def _repeat_alerts(self, state: WindowState) -> Iterable[Send]:
        """The alerts of a state that has seen this message: they may be lost, and never sent again.

        The changed rule cannot judge the hits of the older one. Of a rule that was backfilling
        there is nothing to repeat.
        """
        if state.offset < self.context.offset or self.change.was_backfilling(self.name):
            return ()
        former = self.change.former_rule(self.name)
        if former is None:
            alerts = repeat_alerts_of_unknown(self.name, state)
        else:
            alerts = current_alerts(former, state) if former.announces else ()
        return (Send(alert, is_repeat=True) for alert in alerts)

    def _end_alerts(self, state: WindowState, reason: str) -> Iterable[Send]:
        former, now = self.change.former_rule(self.name), self.context.now
        if former is None:
            return map(Send, end_alerts_of_unknown(self.name, state, now, reason))
        return map(Send, end_alerts(former, state, now, reason)) if former.announces else ()

    def _reset(self, rule: WindowRule, state: WindowState) -> WindowState:
        generation, clock = self.context.rules.generation(self.name), self.context.progress.clock
        former = self.change.former_rule(self.name)
        return reset_state(rule, former, state, generation, clock.now())

    def _keep(self, rule: WindowRule, state: WindowState) -> Effects[WindowState]:
        """Send what those rules above and hypotheses need that are new with this change."""
        if not self.change.asks_rules:
            return Effects(state, is_changed=False)
        judged = self._judge_again(rule, state)
        after = state if judged.state is None else judged.state
        sent = (*self._hits_for_rebuilt(rule, after), *self._news_for_new(rule, after))
        return replace(judged, commands=(*judged.commands, *sent))

    def _judge_again(self, rule: WindowRule, state: WindowState) -> Effects[WindowState]:
        """The state with its alerts as the rule has them now; no news for what is rebuilt above."""
        if not self.change.judges(self.name):
            return Effects(state, is_changed=False, due=deadline(rule, state))
        rules, context = self.context.rules, self.context.rule_step(self.name)
        judged = WindowStep(rules, rule, state, context).judge_again()
        above = self.change.rebuilt_above(self.name)
        kept = (each for each in judged.commands if not _is_for(each, above))
        return replace(judged, commands=tuple(kept))

    def _hits_for_rebuilt(self, rule: WindowRule, state: WindowState) -> Iterator[Send]:
        above = self.change.rebuilt_above(self.name)
        for hit in chain_history(self.context.rules, rule, state) if above else ():
            if (hit.pack, hit.rule) in above:
                yield Send(hit.model_copy(update={"backfill": True}))

    def _news_for_new(self, rule: WindowRule, state: WindowState) -> Iterator[Send]:
        hypotheses = self.change.new_hypotheses(self.name)
        now = self.context.now
        for indication in make_current_indications(rule, state, now) if hypotheses else ():
            if indication.hypothesis in hypotheses:
                yield Send(indication)


def _is_for(command: Command, rules: Collection[RuleKey]) -> bool:
    """Whether it sends a hit to one of these rules."""
    if not isinstance(command, Send) or not isinstance(command.message, Signal):
        return False
    return (command.message.pack, command.message.rule) in rules
