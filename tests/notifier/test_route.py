"""Which receivers hear of an alert."""

from datetime import timedelta
from typing import Any

from schemas.alert import Level, RuleRef, Status
from schemas.duty import DUTY_PACK
from services.notifier.adapters.routes_file import parse_routes
from services.notifier.domain.decisions import ADMITTED, Reason, RouteAdmission
from services.notifier.domain.route import admit, group_by_receivers, select_receivers
from services.notifier.domain.routing.default_routes import make_default_routing
from tests.notifier.alerts import NOON, SECOND, alert, job

NAMES = ("slack", "slack-duty", "pagerduty")
DUTY = alert("d1", pack=DUTY_PACK)


def test_alerts_about_vedette_itself_go_to_the_duty_channel() -> None:
    assert select_receivers(make_default_routing(NAMES), DUTY) == ("slack-duty", "pagerduty")
    assert select_receivers(make_default_routing(NAMES), alert()) == ("slack", "pagerduty")


def test_without_a_duty_channel_they_go_to_the_watch() -> None:
    assert select_receivers(make_default_routing(["slack"]), DUTY) == ("slack",)


def test_the_digest_gets_alerts_that_are_or_may_have_been_history() -> None:
    routing = make_default_routing(["slack", "slack-digest", "slack-duty"])

    assert select_receivers(routing, alert(backfill=True)) == ("slack", "slack-digest")
    assert select_receivers(routing, alert(revision=2)) == ("slack", "slack-digest")
    assert select_receivers(routing, alert()) == ("slack",)
    assert select_receivers(routing, DUTY) == ("slack-duty",)


def test_each_job_is_routed_by_itself_and_keeps_its_order() -> None:
    first, second, third = job(alert("a1")), job(DUTY), job(alert("a2"))

    groups = group_by_receivers([first, second, third], make_default_routing(NAMES))

    assert groups == {("slack", "pagerduty"): [first, third], ("slack-duty", "pagerduty"): [second]}


ROUTES = b"""
route:
  receiver: slack
  routes:
    - receiver: pagerduty
      matchers: [level=high]
      max_age: 6h
      mute_time_intervals: [night]
      continue: true
    - receiver: pagerduty
      matchers: [level=high, rule=joint_march]
      active_time_intervals: [night]
time_intervals:
  - name: night
    time_intervals: [{times: [{start_time: 00:00, end_time: 06:00}]}]
"""
ROUTED = parse_routes("r", ROUTES, NAMES)
LOW: dict[str, Any] = {"level": Level.LOW}
OTHER: dict[str, Any] = {"rule": RuleRef(name="other", title="Other", level=Level.HIGH)}
NIGHT = NOON.replace(hour=3)


def test_a_later_revision_goes_wherever_an_earlier_one_may_have_led() -> None:
    assert select_receivers(ROUTED, alert()) == ("pagerduty",)
    assert select_receivers(ROUTED, alert(**LOW)) == ("slack",)
    assert select_receivers(ROUTED, alert(revision=2, **LOW)) == ("slack", "pagerduty")


def test_an_end_goes_to_every_receiver_since_the_routes_may_have_changed() -> None:
    assert select_receivers(ROUTED, alert(revision=2, status=Status.RESOLVED)) == NAMES


def test_no_route_leads_to_a_receiver_that_no_route_names() -> None:
    assert admit(ROUTED, alert(**LOW), "pagerduty", NOON) == RouteAdmission(Reason.NOT_ROUTED)
    assert admit(ROUTED, alert(**LOW), "slack", NOON) == ADMITTED


def test_an_alert_that_fired_last_before_max_age_is_too_old_for_its_route() -> None:
    old = alert(starts_at=NOON - timedelta(hours=7), **OTHER)
    fires_on = alert(
        starts_at=NOON - timedelta(hours=7), last_fired_at=NOON - timedelta(hours=6), **OTHER
    )

    assert admit(ROUTED, old, "pagerduty", NOON) == RouteAdmission(Reason.TOO_OLD)
    assert admit(ROUTED, fires_on, "pagerduty", NOON) == ADMITTED


def test_a_muted_alert_is_decided_on_again_when_the_mute_ends_or_a_quarter_later() -> None:
    night = alert(starts_at=NIGHT, **OTHER)
    end = NIGHT.replace(hour=6)

    assert admit(ROUTED, night, "pagerduty", NIGHT) == RouteAdmission(
        muted_until=NIGHT + timedelta(minutes=15)
    )
    assert admit(ROUTED, night, "pagerduty", end - SECOND) == RouteAdmission(muted_until=end)
    assert admit(ROUTED, night, "pagerduty", end) == ADMITTED


def test_one_open_route_is_enough() -> None:
    assert admit(ROUTED, alert(starts_at=NIGHT), "pagerduty", NIGHT) == ADMITTED
    assert admit(ROUTED, alert(), "pagerduty", NOON) == ADMITTED


def test_ages_and_hours_mean_nothing_to_a_replay() -> None:
    old = alert(starts_at=NIGHT - timedelta(days=9), **OTHER)

    assert admit(ROUTED, old, "pagerduty", None) == ADMITTED
    assert admit(ROUTED, alert(**LOW), "pagerduty", None) == RouteAdmission(Reason.NOT_ROUTED)


SUSPECTING = b"""
route:
  receiver: slack
  routes:
    - matchers: ['suspected="true"', rule=joint_march]
      routes:
        - receiver: pagerduty
    - receiver: pagerduty
"""


def test_a_pager_takes_what_is_suspected_where_a_route_or_one_above_it_asks_for_it() -> None:
    routing = parse_routes("r", SUSPECTING, NAMES)

    asked = admit(routing, alert(suspected=True), "pagerduty", NOON)
    unasked = admit(routing, alert(suspected=True, **OTHER), "pagerduty", NOON)

    assert (asked.takes_suspected, unasked.takes_suspected) == (True, False)
