"""One step of one window, and everything that it sends."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from schemas.alert import LONGEST_TITLE, Alert
from schemas.indication import Indication
from schemas.signal import Signal
from schemas.storm import StormGroup, storm_key
from services.matcher.domain.alerts.apply import RetractedEvents
from services.matcher.domain.alerts.both_steps import step_both
from services.matcher.domain.alerts.deadline import deadline
from services.matcher.domain.alerts.forget import is_full
from services.matcher.domain.alerts.new_groups import Counted
from services.matcher.domain.alerts.revisions import Firings, list_current_firings
from services.matcher.domain.alerts.second_step import Message
from services.matcher.domain.alerts.step import StepContext, WindowResult, repeat
from services.matcher.domain.changes.active_rules import ActiveRules
from services.matcher.domain.changes.release import judge_again, make_history, release
from services.matcher.domain.engine.effects import Count, Effects, Metric, RefuseMessage, Send
from services.matcher.domain.hypotheses.indications import make_indications
from services.matcher.domain.rules.chain import chain_alert
from services.matcher.domain.windows.state import WindowState
from services.matcher.domain.windows.window_rule import WindowRule
from services.report_text import cut_line, weigh


@dataclass(frozen=True, slots=True)
class WindowStep:
    """A step of the state of one window, by its rule, which is one of `rules`."""

    rules: ActiveRules
    rule: WindowRule
    state: WindowState
    context: StepContext

    def apply(self, message: Message) -> Effects[WindowState]:
        """Apply a hit, retraction or verdict. While the rule is backfilling it sends nothing."""
        result = step_both(self.rule, self.state, message, self.context)
        if self.context.backfilling:
            return self._effects(result, (), due=None)
        return self._stepped(result)

    def retract(self, events: RetractedEvents) -> Effects[WindowState]:
        """Take events out, if the state holds any of them."""
        if events.is_in(self.state):
            return self.apply(events)
        due = None if self.context.backfilling else deadline(self.rule, self.state)
        return Effects(self.state, is_changed=False, due=due)

    def pass_time(self) -> Effects[WindowState]:
        """Resolve and forget."""
        return self._stepped(step_both(self.rule, self.state, None, self.context))

    def judge_again(self) -> Effects[WindowState]:
        """Announce by a rule that grades or ends alerts in another way than before.

        Nothing but the state knows of what is sent, so Kafka has it first.
        """
        result = judge_again(self.rule, self.state, self.context)
        if not result.alerts:
            return Effects(self.state, is_changed=False, due=deadline(self.rule, self.state))
        return replace(self._stepped(result), forgets_alerts=True)

    def release(self) -> Effects[WindowState]:
        """Announce for the first time since the rule was changed.

        Hypotheses and the rules above, which were sent nothing meanwhile, are sent all of it.
        """
        result = release(self.rule, self.state, self.context)
        after = WindowState.empty() if result.state is None else result.state
        hits = chain_history(self.rules, self.rule, after)
        indications = make_current_indications(self.rule, after, self.context.now)
        return self._effects(result, (*hits, *indications), self._due(result))

    def _stepped(self, result: WindowResult) -> Effects[WindowState]:
        indications = make_indications(self.rule, self.state, result, self.context.now)
        hits = chain_alerts(self.rules, result.alerts, result.firings)
        return self._effects(result, (*hits, *indications), self._due(result))

    def _effects(
        self,
        result: WindowResult,
        outputs: Iterable[Signal | Indication],
        due: datetime | None,
    ) -> Effects[WindowState]:
        alerts = result.alerts if self.rule.announces else ()
        commands = (
            *self._notices(result),
            *(Send(alert, is_repeat=not result.is_changed) for alert in alerts),
            *map(Send, outputs),
        )
        forgets_alerts = _forgets_alerts(self.state, result)
        counted = self._count_marked(result) if self.rule.announces else {}
        return Effects(result.state, result.is_changed, due, commands, forgets_alerts, counted)

    def _count_marked(self, result: WindowResult) -> Counted:
        """The new groups that changed, with the alerts that are marked."""
        counted, rule = dict(result.counted), self.rule
        if not counted:
            return counted
        sent = [alert.id for alert in result.alerts]
        now = () if result.state is None else result.state.among(sent)
        owners = {alert.id: alert.storm for alert in now}
        known = {alert.id for alert in self.state.announced.among(sent)}
        for alert in result.alerts:
            owner = owners.get(alert.id)
            if owner is not None and (alert.revision == 1 or alert.id not in known):
                key = storm_key(
                    rule.pack,
                    rule.name,
                    owner,
                    exercise=alert.exercise,
                    suspected=alert.suspected,
                )
                counted[key] = counted[key].mark(make_group(alert), alert.rule)
        return counted

    def _notices(self, result: WindowResult) -> Iterator[RefuseMessage | Count]:
        rule = self.rule
        if result.refused is not None:
            yield Count(Metric.TOO_LATE, rule.pack, rule.name)
            yield RefuseMessage(result.refused, rule.name)
        if result.is_changed and result.state is not None and is_full(rule, result.state):
            yield Count(Metric.FULL_WINDOW, rule.pack, rule.name)

    def _due(self, result: WindowResult) -> datetime | None:
        return None if result.state is None else deadline(self.rule, result.state)


def chain_alerts(rules: ActiveRules, alerts: Iterable[Alert], firings: Firings) -> Iterator[Signal]:
    """The hits that alerts are for the rules above their own."""
    for alert in alerts:
        yield from chain_alert(rules.rulebook, alert, firings.get(alert.id, ()))


def chain_history(rules: ActiveRules, rule: WindowRule, state: WindowState) -> Iterator[Signal]:
    """The hits that all alerts of a state are for rules above its own that begin anew."""
    return chain_alerts(rules, make_history(rule, state), list_current_firings(rule, state))


def make_current_indications(
    rule: WindowRule, state: WindowState, now: datetime
) -> tuple[Indication, ...]:
    """Every indication of a state, for a hypothesis that has received none."""
    return make_indications(rule, state, repeat(rule, state), now)


def make_group(alert: Alert) -> StormGroup:
    """What a storm reports of an alert that is part of it."""
    newest = max(alert.evidence, key=lambda piece: piece.learned_at)
    title = cut_line(alert.summary, 2 * LONGEST_TITLE, measure=weigh)
    evidence = newest.model_copy(update={"title": title, "excerpt": None, "spans": ()})
    return StormGroup(alert=alert.id, level=alert.level, evidence=evidence)


def _forgets_alerts(before: WindowState, result: WindowResult) -> bool:
    """Whether an alert that was sent, now or before, is in the state no more."""
    if result.state is None or not result.is_changed:
        return result.is_changed
    after = result.state
    both = ((before.announced, after.announced), (before.suspected, after.suspected))
    known = {alert.id for old, new in both for alert in new.compare(old)[0]}
    sent = known | {alert.id for alert in result.alerts}
    return not sent <= {alert.id for alert in after.among(sent)}
