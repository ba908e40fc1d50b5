"""A course of messages through `step_both`, as the correlate agent would take them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from schemas.alert import Alert, Status
from schemas.bundle import OnChange
from schemas.signal import Signal
from schemas.verdict import Judgement, Verdict
from services.matcher.domain.alerts.both_steps import step_both
from services.matcher.domain.alerts.deadline import is_due
from services.matcher.domain.alerts.reset import reset_state
from services.matcher.domain.alerts.rule_generation import UNCHANGED, RuleGeneration
from services.matcher.domain.alerts.step import StepContext, WindowResult
from services.matcher.domain.changes.release import release
from services.matcher.domain.windows.assemble import assemble_state
from services.matcher.domain.windows.panes import (
    decode_head,
    decode_pane,
    encode_head,
    encode_pane,
    name_alerts,
    name_panes,
    split_events,
    split_suspicion,
)
from services.matcher.domain.windows.state import WindowState
from services.matcher.domain.windows.window_rule import WindowRule
from tests.matcher.builders import NOON


@dataclass
class WindowCourse:
    """The state of one key, and all alerts sent for it."""

    rule: WindowRule
    state: WindowState = field(default_factory=WindowState.empty)
    alerts: list[Alert] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    clock: datetime | None = None
    since: datetime | None = None
    generation: RuleGeneration = UNCHANGED
    backfilling: bool = False
    offset: int = 0

    def take(self, *signals: Signal) -> "WindowCourse":
        for signal in signals:
            self.take_as_sent(signal.model_copy(update={"bundle": self.generation.changed_in}))
        return self

    def take_as_sent(self, signal: Signal) -> "WindowCourse":
        """Take a signal by its own bundle, which may be an older one."""
        self._keep(step_both(self.rule, self.state, signal, self._context()))
        return self

    def judge(self, judgement: Judgement, alert: Alert | None = None) -> "WindowCourse":
        """A person's verdict on an alert, without one the last that was sent."""
        verdict = Verdict(
            pack=self.rule.pack,
            rule=self.rule.name,
            alert=(alert or self.last).id,
            judgement=judgement,
            by="ann",
            at=NOON,
        )
        self._keep(step_both(self.rule, self.state, verdict, self._context()))
        return self

    def tick(self, clock: datetime) -> "WindowCourse":
        self.clock = clock
        context = self._context()
        if is_due(self.rule, self.state, clock):
            self._keep(step_both(self.rule, self.state, None, context))
        return self

    def publish(
        self, rule: WindowRule, on_change: OnChange = OnChange.REBUILD, *, known: bool = True
    ) -> "WindowCourse":
        """Change the rule: its state starts over. Unless `known`, the former rule is lost."""
        number = self.generation.changed_in + 1
        self.generation = RuleGeneration(on_change, number, self.clock or NOON, self.since)
        former = self.rule if known else None
        self.state = reset_state(rule, former, self.state, self.generation, self.clock)
        self.rule, self.backfilling = rule, on_change is OnChange.REBUILD
        return self

    def take_backfilled(self, *past: Signal) -> "WindowCourse":
        """Take backfilled signals of the changed rule."""
        return self.take(*(signal.model_copy(update={"backfill": True}) for signal in past))

    def release(self) -> "WindowCourse":
        """Complete the backfill."""
        self.backfilling = False
        self._keep(release(self.rule, self.state, self._context()))
        return self

    def restore(self) -> "WindowCourse":
        """Encode and decode the state, as a restart does."""
        events = split_events(self.state) | name_alerts(self.state.announced.panes[:-1])
        second = self.state.suspicion
        events |= split_suspicion(self.state, second.hits.panes if second else ())
        panes = {**events, **name_panes(self.state.hits.panes)}
        read = {pane: decode_pane(pane, encode_pane(pane, panes[pane])) for pane in panes}
        self.state = assemble_state(decode_head(encode_head(self.state, events)), read)
        return self

    def _context(self) -> StepContext:
        self.offset += 1
        now = self.clock or NOON
        return StepContext(
            self.offset, self.clock, now, self.since, self.generation, self.backfilling
        )

    def _keep(self, result: WindowResult) -> None:
        self.alerts += result.alerts
        self.refused += [result.refused] if result.refused else []
        if result.is_changed:
            self.state = WindowState.empty() if result.state is None else result.state

    @property
    def last(self) -> Alert:
        return self.alerts[-1]

    @property
    def final(self) -> list[Alert]:
        return list({alert.id: alert for alert in self.alerts}.values())

    @property
    def not_withdrawn(self) -> list[Alert]:
        return [alert for alert in self.final if alert.status is not Status.WITHDRAWN]

    def summaries(self) -> set[tuple[datetime, str, int]]:
        """Start, level and evidence count of every alert that is not withdrawn."""
        return summary(self.not_withdrawn)


def summary(alerts: Iterable[Alert]) -> set[tuple[datetime, str, int]]:
    return {(alert.starts_at, alert.level.value, alert.evidence_count) for alert in alerts}
