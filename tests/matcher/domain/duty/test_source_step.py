"""The silence of a source: one alert, resolved by its next report, whatever is repeated."""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from schemas.alert import Alert, Level, Status
from schemas.duty import is_duty
from schemas.heartbeat import HEARTBEAT_INTERVAL, Heartbeat
from schemas.version import SCHEMA_VERSION, NewerSchema
from services.matcher.domain.alerts.step import StepContext
from services.matcher.domain.duty.source_state import SourceState
from services.matcher.domain.duty.source_step import (
    REPEAT_EVERY,
    SourceOutcome,
    hear_source,
    source_deadline,
    tick_source,
)
from services.matcher.domain.duty.watched_sources import WatchedSource
from tests.matcher.builders import HOUR, NOON

SIX_HOURS = WatchedSource("reuters", every=6 * HOUR)


@dataclass
class SourceRun:
    """Steps one source, with its state out of its bytes each time; collects what comes out."""

    source: WatchedSource | None = SIX_HOURS
    state: SourceState | None = None
    alerts: list[Alert] = field(default_factory=list)
    silent: list[bool] = field(default_factory=list)
    clock: datetime | None = None
    offset: int = 0

    def report(self, hours: float, now: float | None = None) -> "SourceRun":
        assert self.source is not None
        at = NOON + hours * HOUR
        context = self._context(NOON + (hours if now is None else now) * HOUR)
        heartbeat = Heartbeat(source="reuters", event="1", at=at, partition=0)
        return self._keep(hear_source(self.source, self.state, heartbeat, context))

    def tick(self, hours: float) -> "SourceRun":
        self.clock = NOON + hours * HOUR
        assert self.state is not None
        context = self._context(self.clock)
        return self._keep(tick_source(self.source, self.state, context))

    def redeliver(self) -> SourceOutcome:
        """The last message is delivered a second time."""
        assert self.state is not None
        context = StepContext(self.offset, self.clock, self.clock or NOON)
        return tick_source(self.source, self.state, context)

    def _context(self, now: datetime) -> StepContext:
        self.offset += 1
        return StepContext(self.offset, self.clock, now)

    def _keep(self, outcome: SourceOutcome) -> "SourceRun":
        self.alerts += [outcome.alert] if outcome.alert else []
        self.silent += [] if outcome.silent is None else [outcome.silent]
        after = outcome.state
        self.state = None if after is None else SourceState.decode(after.encode())
        return self

    @property
    def revisions(self) -> list[tuple[Status, int]]:
        return [(alert.status, alert.revision) for alert in self.alerts]


def test_a_source_that_goes_quiet_fires_one_duty_alert() -> None:
    run = SourceRun().report(0).tick(6).tick(6.1).tick(6.2)

    (alert,) = run.alerts
    assert is_duty(alert)
    assert (alert.status, alert.level, alert.group) == (
        Status.FIRING,
        Level.MEDIUM,
        {"source": "reuters"},
    )
    assert (
        alert.summary == "reuters is silent: a report is expected every 6 hours, none for 6 hours"
    )
    assert run.silent == [True, True]


def test_its_next_report_ends_the_silence() -> None:
    run = SourceRun().report(0).tick(7).report(7.5).tick(8)

    assert run.revisions == [(Status.FIRING, 1), (Status.RESOLVED, 2)]
    assert run.alerts[-1].resolved_at == NOON + 7.5 * HOUR
    assert run.alerts[-1].summary == "reuters reports again after 8 hours"
    assert run.silent == [True, False]


def test_a_silence_that_has_ended_does_not_end_again() -> None:
    run = SourceRun().report(0).tick(7).report(7.5).report(8)
    run.source = None
    run.tick(9)

    assert run.revisions == [(Status.FIRING, 1), (Status.RESOLVED, 2)]
    assert run.state is None


def test_the_next_silence_is_another_alert() -> None:
    run = SourceRun().report(0).tick(7).report(7.5).tick(15)

    first, _, third = run.alerts
    assert first.id != third.id
    assert first.fingerprint == third.fingerprint


def test_what_was_recorded_long_ago_does_not_end_the_silence() -> None:
    run = SourceRun().report(0).tick(24).report(1, now=24)

    assert run.revisions == [(Status.FIRING, 1)]
    assert run.report(-5, now=25).revisions == [(Status.FIRING, 1)]


def test_a_report_stamped_in_the_future_counts_as_of_now() -> None:
    run = SourceRun().report(1000, now=0).tick(7)

    assert run.revisions == [(Status.FIRING, 1)]


def test_a_repeat_changes_nothing_and_sends_it_all_again() -> None:
    run = SourceRun().report(0).tick(7)

    repeated = run.redeliver()

    assert repeated.alert == run.alerts[-1]
    assert (repeated.is_changed, repeated.silent) == (False, True)


def test_the_report_that_ended_a_silence_sends_its_end_again() -> None:
    run = SourceRun().report(0).tick(7).report(7.5)
    assert run.state is not None
    at = NOON + 7.5 * HOUR
    heartbeat = Heartbeat(source="reuters", event="1", at=at, partition=0)

    repeated = hear_source(SIX_HOURS, run.state, heartbeat, StepContext(run.offset, run.clock, at))

    assert (repeated.alert, repeated.silent) == (run.alerts[-1], False)
    assert not repeated.is_changed


@pytest.mark.parametrize(("seconds", "is_written"), [(9.999999, False), (10, True)])
def test_reports_within_one_heartbeat_interval_are_not_written_one_by_one(
    seconds: float, *, is_written: bool
) -> None:
    run = SourceRun().report(0)
    assert run.state is not None
    at = NOON + timedelta(seconds=seconds)
    heartbeat = Heartbeat(source="reuters", event="2", at=at, partition=0)

    outcome = hear_source(SIX_HOURS, run.state, heartbeat, StepContext(9, None, at))

    assert outcome.is_changed == is_written


def test_a_source_is_silent_after_its_rhythm_and_one_heartbeat_interval() -> None:
    due = 6 * HOUR + HEARTBEAT_INTERVAL
    run = SourceRun().report(0)
    assert run.state is not None

    assert source_deadline(SIX_HOURS, run.state) == NOON + due
    assert run.tick((due - timedelta(microseconds=1)) / HOUR).alerts == []
    assert run.tick(due / HOUR).revisions == [(Status.FIRING, 1)]
    assert run.alerts[0].starts_at == NOON + due


def test_a_pack_may_say_that_a_silence_is_urgent_and_what_it_hides() -> None:
    urgent = replace(SIX_HOURS, level=Level.HIGH, feeds=("march",), hypotheses=("mlcoa",))

    (alert,) = SourceRun(urgent).report(0).tick(7).alerts

    assert alert.level is Level.HIGH
    assert alert.hypotheses == ("mlcoa",)
    assert alert.action == "Check whether reuters is still collected; it shows march."


def test_hypotheses_are_informed_of_a_silence_again_since_some_may_be_new() -> None:
    run = SourceRun().report(0).tick(7)
    assert run.state is not None

    assert source_deadline(SIX_HOURS, run.state) == NOON + 7 * HOUR + REPEAT_EVERY
    assert run.tick(8).silent == [True, True]


def test_a_pack_that_expects_less_ends_the_silence() -> None:
    run = SourceRun().report(0).tick(7)
    run.source = replace(SIX_HOURS, every=24 * HOUR)

    assert run.tick(8).revisions[-1] == (Status.RESOLVED, 2)
    assert run.alerts[-1].summary == "reuters is no longer overdue"
    assert run.state is not None


def test_a_source_that_no_pack_names_any_more_is_dropped() -> None:
    run = SourceRun().report(0).tick(7)
    run.source = None

    assert run.tick(8).revisions[-1] == (Status.RESOLVED, 2)
    assert run.alerts[-1].summary == "reuters is no longer watched"
    assert run.silent[-1] is False
    assert run.state is None


def test_a_state_with_a_key_that_is_not_known_can_be_read() -> None:
    state = SourceState(1, offset=7)
    raw = json.loads(state.encode())

    assert SourceState.decode(json.dumps(raw | {"region": "north"}).encode()) == state


def test_a_state_of_a_later_release_is_refused() -> None:
    raw = json.loads(SourceState(1).encode())

    with pytest.raises(NewerSchema, match="upgrade"):
        SourceState.decode(json.dumps(raw | {"version": SCHEMA_VERSION + 1}).encode())
