"""What rules cost the people who get their alerts."""

from datetime import timedelta

import pytest

from schemas.alert import Alert, Level
from schemas.pack import AlertBudget
from services.matcher.domain.review.weekly_load import (
    WEEK,
    WeeklyLoad,
    find_excess,
    leave_out,
    measure_load,
)
from tests.notifier.alerts import alert


def pages(revision: Alert) -> bool:
    return revision.level is Level.CRITICAL


def test_an_alert_counts_once_however_many_revisions_it_has() -> None:
    revisions = [alert("a"), alert("a", 2), alert("b", level=Level.CRITICAL)]

    load = measure_load(revisions, pages, 2 * WEEK)

    assert load == {alert("a").pack: WeeklyLoad(alerts=1.0, pages=0.5)}


def test_it_pages_if_any_of_its_revisions_does() -> None:
    revisions = [alert("a"), alert("a", 2, level=Level.CRITICAL)]

    assert measure_load(revisions, pages, WEEK)[alert("a").pack].pages == 1.0


def test_less_than_a_week_counts_as_one() -> None:
    assert measure_load([alert("a")], pages, timedelta(hours=1))[alert("a").pack].alerts == 1.0


def test_drills_and_the_alerts_behind_a_storm_cost_nobody_anything() -> None:
    silent = [alert("a", exercise=True), alert("b", storm=True)]

    assert measure_load(silent, pages, WEEK) == {}


@pytest.mark.parametrize(("spent", "lines"), [(2.0, 0), (2.1, 1)])
def test_a_budget_is_passed_only_beyond_its_bound(spent: float, lines: int) -> None:
    assert len(list(find_excess(AlertBudget(pages_per_week=2), WeeklyLoad(9, spent)))) == lines


def test_a_bound_of_nothing_is_a_bound() -> None:
    budget = AlertBudget(alerts_per_week=0)

    assert list(find_excess(budget, WeeklyLoad(0.5, 0))) == ["alerts_per_week: 0.5 of 0"]


def test_rules_that_say_why_do_not_count() -> None:
    revision = alert("a")

    assert list(leave_out([revision], {revision.rule.name})) == []
    assert list(leave_out([revision], {"another"})) == [revision]
