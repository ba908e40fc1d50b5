"""A source and its silence: told once, ended when it speaks, whatever is repeated."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from schemas.alert import Alert, Level, Status
from schemas.duty import is_duty
from schemas.heartbeat import Heartbeat
from services.matcher.domain.alerts.step import StepContext
from services.matcher.domain.duty.source_state import SourceState, decode_source, encode_source
from services.matcher.domain.duty.source_step import (
    FORGOTTEN_AFTER,
    REPEAT_EVERY,
    SourceOutcome,
    hear_source,
    source_deadline,
    tick_source,
)
from services.matcher.domain.duty.watched_sources import WatchedSource
from tests.matcher.builders import HOUR, NOON

SIX_HOURS = WatchedSource("reuters", every=6 * HOUR, named=True)
LEARNT = WatchedSource("reuters")
SECOND = timedelta(seconds=1)


@dataclass
class SourceCourse:
    """One source, its state as it comes out of its bytes, and all that was told."""

    source: WatchedSource | None = SIX_HOURS
    state: SourceState | None = None
    alerts: list[Alert] = field(default_factory=list)
    silent: list[bool] = field(default_factory=list)
    clock: datetime | None = None
    offset: int = 0

    def report(self, hours: float, now: float | None = None) -> "SourceCourse":
        at = NOON + hours * HOUR
        moment = self._moment(NOON + (hours if now is None else now) * HOUR)
        pulse = Heartbeat(source="reuters", event="1", at=at, partition=0)
        return self._keep(hear_source(self.source or LEARNT, self.state, pulse, moment))

    def tick(self, hours: float) -> "SourceCourse":
        self.clock = NOON + hours * HOUR
        assert self.state is not None
        moment = self._moment(self.clock)
        return self._keep(tick_source(self.source, "reuters", self.state, moment))

    def again(self) -> SourceOutcome:
        """The last message comes a second time."""
        assert self.state is not None
        moment = StepContext(self.offset, self.clock, self.clock or NOON)
        return tick_source(self.source, "reuters", self.state, moment)

    def _moment(self, now: datetime) -> StepContext:
        self.offset += 1
        return StepContext(self.offset, self.clock, now)

    def _keep(self, outcome: SourceOutcome) -> "SourceCourse":
        self.alerts += [outcome.alert] if outcome.alert else []
        self.silent += [] if outcome.silent is None else [outcome.silent]
        kept = outcome.state
        self.state = None if kept is None else decode_source(encode_source(kept))
        return self

    @property
    def told(self) -> list[tuple[Status, int]]:
        return [(alert.status, alert.revision) for alert in self.alerts]


def test_a_source_that_goes_quiet_is_told_to_those_on_duty_once() -> None:
    course = SourceCourse().report(0).tick(6).tick(6.1).tick(6.2)

    (alert,) = course.alerts
    assert is_duty(alert)
    assert (alert.status, alert.level, alert.group) == (
        Status.FIRING,
        Level.MEDIUM,
        {"source": "reuters"},
    )
    assert (
        alert.summary == "reuters is silent: a report is expected every 6 hours, none for 6 hours"
    )
    assert course.silent == [True, True]


def test_its_next_report_ends_the_silence() -> None:
    course = SourceCourse().report(0).tick(7).report(7.5).tick(8)

    assert course.told == [(Status.FIRING, 1), (Status.RESOLVED, 2)]
    assert course.alerts[-1].resolved_at == NOON + 7.5 * HOUR
    assert course.alerts[-1].summary == "reuters reports again after 8 hours"
    assert course.silent == [True, False]


def test_the_next_silence_is_another_alert() -> None:
    course = SourceCourse().report(0).tick(7).report(7.5).tick(15)

    first, _, third = course.alerts
    assert first.id != third.id
    assert first.fingerprint == third.fingerprint


def test_what_was_recorded_long_ago_does_not_end_the_silence() -> None:
    course = SourceCourse().report(0).tick(24).report(1, now=24)

    assert course.told == [(Status.FIRING, 1)]
    assert course.report(-5, now=25).told == [(Status.FIRING, 1)]


def test_a_stamp_from_the_future_does_not_stand_for_days_of_life() -> None:
    course = SourceCourse().report(1000, now=0).tick(7)

    assert course.told == [(Status.FIRING, 1)]


def test_a_repeat_changes_nothing_and_sends_it_all_again() -> None:
    course = SourceCourse().report(0).tick(7)

    again = course.again()

    assert again.alert == course.alerts[-1]
    assert (again.changed, again.silent) == (False, True)


def test_reports_close_together_are_not_written_one_by_one() -> None:
    course = SourceCourse().report(0)
    assert course.state is not None
    close = Heartbeat(source="reuters", event="2", at=NOON + SECOND, partition=0)

    outcome = hear_source(SIX_HOURS, course.state, close, StepContext(9, None, NOON + SECOND))

    assert not outcome.changed


def test_a_source_whose_rhythm_is_being_learnt_is_never_silent() -> None:
    assert SourceCourse(LEARNT).report(0).report(1).tick(1000).alerts == []


def test_a_source_of_which_nothing_is_expected_is_never_silent() -> None:
    course = SourceCourse(replace(SIX_HOURS, every=None, never=True)).report(0).tick(10_000)

    assert course.alerts == []
    assert course.state is not None
    assert source_deadline(course.source, course.state) is None


def test_a_learnt_rhythm_says_what_is_usual() -> None:
    course = SourceCourse(LEARNT)
    for number in range(24 * 9):
        course.report(number)
    course.tick(24 * 9 + 6)

    (alert,) = course.alerts
    assert alert.summary == "reuters is silent: usually a report every 1 hour, none for 7 hours"
    assert "its longest pause in the last weeks was 1 hour" in alert.explain


def test_a_pack_may_say_that_a_silence_is_urgent_and_what_it_hides() -> None:
    urgent = replace(SIX_HOURS, level=Level.HIGH, feeds=("march",), hypotheses=("mlcoa",))

    (alert,) = SourceCourse(urgent).report(0).tick(7).alerts

    assert alert.level is Level.HIGH
    assert alert.hypotheses == ("mlcoa",)
    assert alert.action == "Check whether reuters is still collected; it shows march."


def test_hypotheses_hear_of_a_silence_again_since_some_may_be_new() -> None:
    course = SourceCourse().report(0).tick(7)
    assert course.state is not None

    assert source_deadline(SIX_HOURS, course.state) == NOON + 7 * HOUR + REPEAT_EVERY
    assert course.tick(8).silent == [True, True]


def test_a_pack_that_expects_less_ends_the_silence() -> None:
    course = SourceCourse().report(0).tick(7)
    course.source = replace(SIX_HOURS, every=24 * HOUR)

    assert course.tick(8).told[-1] == (Status.RESOLVED, 2)
    assert course.state is not None


def test_a_source_that_is_watched_under_another_name_is_dropped() -> None:
    course = SourceCourse().report(0).tick(7)
    course.source = None

    assert course.tick(8).told[-1] == (Status.RESOLVED, 2)
    assert course.silent[-1] is False
    assert course.state is None


def test_a_source_that_no_pack_names_is_forgotten_in_the_end() -> None:
    course = SourceCourse(LEARNT).report(0)
    assert course.state is not None
    due = source_deadline(LEARNT, course.state)

    course.tick(FORGOTTEN_AFTER / HOUR)

    assert due == NOON + FORGOTTEN_AFTER
    assert course.state is None
