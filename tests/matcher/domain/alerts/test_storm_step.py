"""A storm as one alert: announced at once, then by ticks, until five minutes are calm."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from schemas.alert import Alert, Evidence, Level, RuleRef, Status
from schemas.storm import StormMember
from services.matcher.domain.alerts.step import StepContext
from services.matcher.domain.alerts.storm import (
    ENDS_AFTER,
    StormOutcome,
    StormState,
    pass_storm,
    storm_deadline,
    take_member,
)
from tests.matcher.builders import NOON

SECOND = timedelta(seconds=1)


def member(number: int, level: Level = Level.HIGH, **changes: object) -> StormMember:
    at = NOON + number * SECOND
    seen = Evidence(event_id=f"e{number}", source="evil", occurred_at=at, title=f"Front {number}")
    whole = StormMember(
        pack="iraq",
        rule=RuleRef(name="threat", title="A threat", level=Level.HIGH),
        owner="evil",
        alert=f"a{number}",
        level=level,
        at=at,
        evidence=seen,
    )
    return whole.model_copy(update=changes)


@dataclass
class Storm:
    """One storm, whose state is encoded and decoded at each step."""

    state: StormState | None = None
    alerts: list[Alert] = field(default_factory=list)
    offset: int = 0
    clock: datetime | None = None

    def take(self, *members: StormMember) -> "Storm":
        for one in members:
            self.offset += 1
            self._keep(take_member(self.state, one, self._context()))
        return self

    def tick(self, time: datetime) -> "Storm":
        self.offset += 1
        self.clock = time
        assert self.state is not None
        self._keep(pass_storm(self.state, self._context()))
        return self

    def _context(self) -> StepContext:
        return StepContext(self.offset, self.clock, self.clock or NOON)

    def _keep(self, outcome: StormOutcome) -> None:
        self.alerts += [] if outcome.alert is None else [outcome.alert]
        if outcome.is_changed:
            after = outcome.state
            self.state = None if after is None else StormState.decode(after.encode())

    @property
    def shown(self) -> list[tuple[int, int]]:
        """Revision and number of groups."""
        return [(alert.revision, alert.evidence_count) for alert in self.alerts]


def test_the_first_group_is_announced_at_once_and_the_others_by_the_next_tick() -> None:
    storm = Storm().take(*map(member, range(4)))
    assert storm.shown == [(1, 1)]
    assert storm.state is not None
    assert storm_deadline(storm.state) == NOON + 3 * SECOND

    storm.tick(NOON + 3 * SECOND)

    assert storm.shown == [(1, 1), (2, 4)]
    assert storm_deadline(storm.state) == NOON + 3 * SECOND + ENDS_AFTER


def test_its_alert_names_rule_owner_and_the_newest_groups() -> None:
    storm = Storm().take(*map(member, range(20))).tick(NOON + 20 * SECOND)

    alert = storm.alerts[-1]
    assert (alert.pack, alert.rule.name, alert.group) == ("iraq", "threat", {"storm": "evil"})
    assert alert.summary == "Storm by evil: 20 more new groups of A threat"
    assert [report.title for report in alert.evidence] == [
        f"Front {n}" for n in (19, 18, 17, 16, 15)
    ]
    assert (alert.storm, alert.uncorroborated) == (False, True)


def test_a_higher_level_of_a_group_is_that_of_the_storm() -> None:
    storm = Storm().take(member(0), member(1, Level.CRITICAL), *map(member, range(2, 4)))

    assert storm.tick(NOON + 4 * SECOND).alerts[-1].level is Level.CRITICAL


def test_a_group_that_comes_again_is_not_counted() -> None:
    storm = Storm().take(member(0), member(1), member(1)).tick(NOON + 2 * SECOND)

    assert storm.shown == [(1, 1), (2, 2)]


def test_a_message_that_is_not_past_the_state_sends_the_current_revision_again() -> None:
    storm = Storm().take(*map(member, range(3))).tick(NOON + 3 * SECOND)
    storm.offset -= 2

    storm.take(member(2))

    assert storm.shown == [(1, 1), (2, 3), (2, 3)]
    assert storm.alerts[-1] == storm.alerts[-2]


def test_a_tick_without_a_new_group_announces_nothing() -> None:
    storm = Storm().take(member(0)).tick(NOON + SECOND).tick(NOON + 2 * SECOND)

    assert storm.shown == [(1, 1)]


def test_it_ends_five_minutes_after_its_newest_group() -> None:
    storm = Storm().take(member(0), member(60)).tick(NOON + 359 * SECOND)
    before = storm.alerts[-1].status

    storm.tick(NOON + 360 * SECOND)

    assert storm.state is None
    assert (before, storm.alerts[-1].status) == (Status.FIRING, Status.RESOLVED)
    assert storm.alerts[-1].resolved_at == NOON + 360 * SECOND


def test_a_group_that_is_sent_again_long_after_begins_no_storm() -> None:
    storm = Storm(clock=NOON + ENDS_AFTER).take(member(0))

    assert (storm.state, storm.alerts) == (None, [])
