"""A replay of any reports by any rules, beside the definition."""

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.alert import Status
from schemas.event import Event
from schemas.rule import CorrelationRule
from services.matcher.domain.backtest.replay import replay
from tests.examples import scale_examples
from tests.matcher.builders import NOON
from tests.matcher.oracle.episodes import find_all
from tests.matcher.oracle.outcomes import of_alert, of_episode
from tests.matcher.oracle.packs import Report, make_book, reports, rule_sets
from tests.matcher.oracle.versions import counting

LEAPS = [timedelta(0), timedelta(days=2), timedelta(days=400)]


def clock_tick(at: datetime) -> Event:
    return Event(id=f"{at}", source="clock", occurred_at=at, recorded_at=at, text="Nothing.")


@settings(max_examples=scale_examples(40))
@given(rules=rule_sets(), stream=reports(), leap=st.sampled_from(LEAPS))
def test_any_rules_over_rules_give_the_alerts_of_their_definition(
    rules: tuple[CorrelationRule, ...], stream: list[Report], leap: timedelta
) -> None:
    end = max(report.recorded_at for report in stream) + leap
    start = NOON - timedelta(hours=6)
    events = [clock_tick(start), *(report.as_event() for report in stream), clock_tick(end)]

    replayed = replay(make_book(rules), events)

    names = {rule.name for rule in rules}
    in_force = [
        alert
        for alert in replayed.final
        if alert.rule.name in names and alert.status is not Status.WITHDRAWN
    ]
    hits = [report.as_hit() for report in counting(stream)]
    assert not replayed.refused
    assert sorted(map(of_alert, in_force)) == sorted(
        map(of_episode, find_all(rules, hits, start, end))
    )
