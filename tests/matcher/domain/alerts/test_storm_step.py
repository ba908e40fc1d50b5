"""A storm as one alert: announced at once, then by ticks, until five minutes are calm."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from schemas.alert import Alert, Evidence, Level, RuleRef, Status
from schemas.storm import MOST_NEWEST, StormGroup, StormNews
from services.matcher.domain.alerts.new_groups import ENDS_AFTER
from services.matcher.domain.alerts.step import StepContext
from services.matcher.domain.alerts.storm import (
    StormOutcome,
    StormState,
    pass_storm,
    storm_deadline,
    take_news,
)
from tests.matcher.builders import NOON

SECOND = timedelta(seconds=1)


def news(
    newest: int, count: int = 1, partition: int = 0, began: int = 0, level: Level = Level.HIGH
) -> StormNews:
    """What a partition has: so many groups since `began`, the newest numbered by its second."""
    groups = (group(number, level) for number in range(newest, max(newest - MOST_NEWEST, -1), -1))
    return StormNews(
        pack="iraq",
        rule=RuleRef(name="threat", title="A threat", level=Level.HIGH),
        owner="evil",
        partition=partition,
        began=NOON + began * SECOND,
        count=count,
        newest=tuple(groups),
    )


def group(number: int, level: Level) -> StormGroup:
    at = NOON + number * SECOND
    seen = Evidence(event_id=f"e{number}", source="evil", occurred_at=at, title=f"Front {number}")
    return StormGroup(alert=f"a{number}", level=level, evidence=seen)


@dataclass
class Storm:
    """One storm, whose state is encoded and decoded at each step."""

    state: StormState | None = None
    alerts: list[Alert] = field(default_factory=list)
    offset: int = 0
    clock: datetime | None = None

    def take(self, *received: StormNews) -> "Storm":
        for message in received:
            self.offset += 1
            self._keep(take_news(self.state, message, self._context()))
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


def test_the_first_news_is_announced_at_once_and_the_others_by_the_next_tick() -> None:
    storm = Storm().take(news(0), news(3, 4))
    assert storm.shown == [(1, 1)]
    assert storm.state is not None
    assert storm_deadline(storm.state) == NOON + 3 * SECOND

    storm.tick(NOON + 3 * SECOND)

    assert storm.shown == [(1, 1), (2, 4)]
    assert storm_deadline(storm.state) == NOON + 3 * SECOND + ENDS_AFTER


def test_its_alert_names_rule_owner_and_the_newest_groups() -> None:
    storm = Storm().take(news(7, 8), news(19, 12, partition=1)).tick(NOON + 20 * SECOND)

    alert = storm.alerts[-1]
    assert (alert.pack, alert.rule.name, alert.group) == ("iraq", "threat", {"storm": "evil"})
    assert alert.summary == "Storm by evil: 20 more new groups of A threat"
    titles = [report.title for report in alert.evidence]
    assert titles == [f"Front {number}" for number in (19, 18, 17, 16, 15)]
    assert (alert.storm, alert.uncorroborated) == (False, True)


def test_a_higher_level_of_a_group_is_that_of_the_storm() -> None:
    storm = Storm().take(news(0), news(1, 2, level=Level.CRITICAL))

    assert storm.tick(NOON + 4 * SECOND).alerts[-1].level is Level.CRITICAL


def test_news_that_comes_again_or_late_changes_nothing() -> None:
    storm = Storm().take(news(0), news(9, 10), news(9, 10), news(4, 5))

    assert storm.tick(NOON + 9 * SECOND).shown == [(1, 1), (2, 10)]


def test_partitions_count_together_and_one_that_began_anew_is_not_counted_twice() -> None:
    storm = Storm().take(
        news(0, 10), news(1, 20, partition=1), news(290, 5, partition=1, began=290)
    )

    assert storm.tick(NOON + 290 * SECOND).shown == [(1, 10), (2, 35)]


def test_a_message_that_is_not_past_the_state_sends_the_current_revision_again() -> None:
    storm = Storm().take(news(0), news(2, 3)).tick(NOON + 3 * SECOND)
    storm.offset -= 2

    storm.take(news(2, 3))

    assert storm.shown == [(1, 1), (2, 3), (2, 3)]
    assert storm.alerts[-1] == storm.alerts[-2]


def test_a_tick_without_news_announces_nothing() -> None:
    storm = Storm().take(news(0)).tick(NOON + SECOND).tick(NOON + 2 * SECOND)

    assert storm.shown == [(1, 1)]


def test_it_ends_five_minutes_after_its_newest_group() -> None:
    storm = Storm().take(news(60, 61)).tick(NOON + 359 * SECOND)
    before = storm.alerts[-1].status

    storm.tick(NOON + 360 * SECOND)

    assert storm.state is None
    assert (before, storm.alerts[-1].status) == (Status.FIRING, Status.RESOLVED)
    assert storm.alerts[-1].resolved_at == NOON + 360 * SECOND


def test_news_that_is_sent_again_long_after_begins_no_storm() -> None:
    storm = Storm(clock=NOON + ENDS_AFTER).take(news(0))

    assert (storm.state, storm.alerts) == (None, [])
