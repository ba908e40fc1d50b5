from datetime import timedelta
from typing import Any

import pytest

from schemas.alert import Alert, Level, Status
from services.notifier.adapters.routes_file import InvalidRoutes, parse_routes
from services.notifier.domain.decisions import Reason, RouteAdmission
from services.notifier.domain.route import admit, select_receivers
from tests.notifier.alerts import NOON, alert

RECEIVERS = ("slack", "slack-duty", "pagerduty")
TEXT = """\
route: {receiver: slack}
escalations:
  - matchers: ['level=~"high|critical"', 'group_country="IQ"']
    steps: [{after: 30m, receiver: pagerduty}, {after: 1h, receiver: slack-duty}]
  - matchers: ['level="critical"']
    steps: [{after: 5m, receiver: pagerduty}]
"""
ROUTING = parse_routes("r", TEXT.encode(), RECEIVERS)
MINUTE = timedelta(minutes=1)


def delay_at(receiver: str, shown: Alert) -> timedelta | None:
    return admit(ROUTING, shown, receiver, NOON).escalates_after


ADMITTED: dict[str, tuple[dict[str, Any], str, timedelta | None]] = {
    "the first step": ({}, "pagerduty", 30 * MINUTE),
    "a later step": ({}, "slack-duty", 60 * MINUTE),
    "the soonest of two policies": ({"level": Level.CRITICAL}, "pagerduty", 5 * MINUTE),
    "a level below": ({"level": Level.LOW}, "pagerduty", None),
    "another group": ({"group": {"country": "SY"}}, "pagerduty", None),
    "where a route leads": ({}, "slack", None),
}


@pytest.mark.parametrize(
    ("changes", "receiver", "expected"), ADMITTED.values(), ids=ADMITTED.keys()
)
def test_an_alert_escalates_by_the_policies_that_match_it(
    changes: dict[str, Any], receiver: str, expected: timedelta | None
) -> None:
    assert delay_at(receiver, alert(**changes)) == expected


def test_where_neither_a_route_nor_a_policy_leads_it_is_refused() -> None:
    low = alert(level=Level.LOW)

    assert admit(ROUTING, low, "pagerduty", NOON) == RouteAdmission(Reason.NOT_ROUTED)


def test_a_replay_escalates_to_nobody() -> None:
    assert admit(ROUTING, alert(), "pagerduty", None) == RouteAdmission(Reason.NOT_ROUTED)


SELECTED: dict[str, tuple[dict[str, Any], set[str]]] = {
    "that escalates": ({}, {"slack", "slack-duty", "pagerduty"}),
    "that may escalate yet": ({"level": Level.LOW}, {"slack", "slack-duty", "pagerduty"}),
    "elsewhere": ({"group": {"country": "SY"}}, {"slack", "pagerduty"}),
    "that ended": ({"status": Status.RESOLVED}, {"slack", "slack-duty", "pagerduty"}),
    "of a storm": ({"storm": True}, set()),
}


@pytest.mark.parametrize(("changes", "expected"), SELECTED.values(), ids=SELECTED.keys())
def test_an_alert_waits_where_it_may_escalate_to(
    changes: dict[str, Any], expected: set[str]
) -> None:
    assert set(select_receivers(ROUTING, alert(**changes))) == expected


FAULTS = {
    "no such receiver": (
        "[{after: 5m, receiver: pager}]",
        "r:4: escalations.0.steps.0.receiver: there is no receiver 'pager'",
    ),
    "nobody": ("[{after: 5m, receiver: nobody}]", "there is no receiver 'nobody'"),
    "no time": ("[{after: 0s, receiver: slack}]", "r:4: escalations.0.steps.0.after:"),
    "a word for a time": ("[{after: soon, receiver: slack}]", "escalations.0.steps.0.after:"),
    "no steps": ("[]", "r:4: escalations.0.steps:"),
    "no such key": ("[{after: 5m, receiver: slack, until: 6h}]", "there is no such key"),
}


@pytest.mark.parametrize(("steps", "message"), FAULTS.values(), ids=FAULTS.keys())
def test_a_faulty_policy_is_named_with_its_line(steps: str, message: str) -> None:
    text = "route: {receiver: slack}\nescalations:\n  - matchers: ['pack=\"a\"']\n    steps: "

    with pytest.raises(InvalidRoutes) as invalid:
        parse_routes("r", f"{text}{steps}\n".encode(), RECEIVERS)

    assert message in str(invalid.value)


def test_a_policy_for_everything_says_so() -> None:
    text = "route: {receiver: slack}\nescalations: [{matchers: [], steps: []}]\n"

    with pytest.raises(InvalidRoutes, match="matchers"):
        parse_routes("r", text.encode(), RECEIVERS)
