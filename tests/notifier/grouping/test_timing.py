"""When a group is notified, as Alertmanager documents it."""

from datetime import datetime, timedelta

import pytest

from services.notifier.domain.decisions import Reason
from services.notifier.domain.grouping.timing import find_flush, find_repeat, find_tick
from services.notifier.domain.routing.grouping import AT_ONCE, Grouping
from tests.notifier.alerts import NOON, SECOND

MINUTE = 60 * SECOND
GROUPING = Grouping((), wait=30 * SECOND, interval=5 * MINUTE, repeat=timedelta(hours=4))
HELD = Grouping((), 30 * SECOND, 5 * MINUTE, holds_first=True, holds_changes=True)


@pytest.mark.parametrize(
    ("opened_at", "since", "is_urgent", "at"),
    [
        (None, NOON, False, NOON + 30 * SECOND),
        (None, NOON, True, NOON),
        (NOON, NOON + SECOND, False, NOON + 5 * MINUTE),
        (NOON, NOON + 5 * MINUTE, False, NOON + 5 * MINUTE),
        (NOON, NOON + 5 * MINUTE + SECOND, False, NOON + 10 * MINUTE),
        (NOON, NOON + SECOND, True, NOON + SECOND),
    ],
    ids=["new", "new critical", "a change", "at the interval", "just past it", "critical joins"],
)
def test_a_group_waits_first_and_then_for_whole_intervals(
    opened_at: datetime | None, since: datetime, is_urgent: bool, at: datetime
) -> None:
    assert find_flush(GROUPING, opened_at, since, is_urgent=is_urgent).at == at


def test_a_route_that_names_the_times_itself_holds_critical_ones_too() -> None:
    first = find_flush(HELD, None, NOON, is_urgent=True)
    change = find_flush(HELD, NOON, NOON + SECOND, is_urgent=True)

    assert (first.at, first.reason) == (NOON + 30 * SECOND, Reason.GROUP_WAIT)
    assert (change.at, change.reason) == (NOON + 5 * MINUTE, Reason.GROUP_INTERVAL)


def test_a_repeat_comes_at_the_first_interval_after_repeat_interval() -> None:
    sent_at = NOON + 5 * MINUTE

    assert find_repeat(GROUPING, NOON, sent_at) == NOON + timedelta(hours=4, minutes=5)
    assert find_repeat(GROUPING, NOON, sent_at + SECOND) == NOON + timedelta(hours=4, minutes=10)
    assert find_repeat(AT_ONCE, NOON, NOON) is None
    assert find_repeat(GROUPING, None, None) is None


def test_without_an_interval_nothing_waits() -> None:
    assert find_tick(NOON, timedelta(), NOON + SECOND) == NOON + SECOND
