"""When a pager is paged by a file of routes: each alert is an incident and a group of its own."""

from datetime import timedelta

from schemas.alert import Level
from schemas.ledger import Act
from services.notifier.adapters.routes_file import parse_routes
from services.notifier.domain.decisions import Reason
from services.notifier.domain.traits import ReceiverTraits
from tests.notifier.alerts import NOON, SECOND, alert
from tests.notifier.desk import RESOLVED, DeliveryDesk

PAGER = ReceiverTraits("pagerduty", least=Level.HIGH, pages=True, replays=False, idempotent=True)
MINUTE = 60 * SECOND
ROUTES = b"""
route:
  receiver: pagerduty
  routes:
    - matchers: [rule=patient]
      group_wait: 10s
inhibit_rules:
  - source_matchers: [level=critical]
    target_matchers: [level=high]
    equal: [group_country]
"""


def paged_desk() -> DeliveryDesk:
    """A pager at noon, by Alertmanager's own times."""
    desk = DeliveryDesk(PAGER)
    desk.routing = parse_routes("r", ROUTES, ("pagerduty",))
    return desk


def test_a_new_alert_waits_for_group_wait() -> None:
    desk = paged_desk()
    desk.queue(alert())

    desk.handle_all()

    assert desk.clock.now == NOON + 30 * SECOND
    assert [(line.act, line.reason) for line in desk.lines] == [
        (Act.DEFERRED, Reason.GROUP_WAIT),
        (Act.NOTIFIED, Reason.FIRST),
    ]


def test_a_critical_alert_is_paged_at_once() -> None:
    desk = paged_desk()
    desk.queue(alert(level=Level.CRITICAL))

    desk.handle_next()

    assert desk.messages == [["1 firing"]]


def test_what_becomes_critical_while_it_waits_is_paged_at_once() -> None:
    desk = paged_desk()
    desk.queue(alert())
    desk.handle_next()
    desk.queue(alert(revision=2, level=Level.CRITICAL))

    desk.handle_next()

    assert desk.messages == [["2 firing"]]


def test_what_ends_while_it_waits_wakes_nobody() -> None:
    desk = paged_desk()
    desk.queue(alert())
    desk.handle_next()
    desk.queue(alert(revision=2, **RESOLVED))

    desk.handle_all()

    assert desk.messages == []
    assert (desk.acts[-1], desk.lines[-1].reason) == (Act.HELD_BACK, Reason.ENDED_WAITING)


def test_a_change_waits_for_the_next_whole_interval() -> None:
    desk = paged_desk()
    desk.queue(alert(level=Level.CRITICAL))
    desk.handle_next()
    desk.clock.now = NOON + 7 * MINUTE
    desk.queue(alert(revision=2, level=Level.CRITICAL, **RESOLVED))

    desk.handle_all()

    assert desk.clock.now == NOON + 10 * MINUTE
    assert desk.messages == [["1 firing", "2 resolved"]]


def test_what_still_fires_is_repeated() -> None:
    desk = paged_desk()
    desk.queue(alert(level=Level.CRITICAL))
    desk.handle_all()
    desk.clock.now = NOON + timedelta(hours=4) - SECOND
    assert desk.log.claim("pagerduty", desk.clock()) is None

    desk.clock.now = NOON + timedelta(hours=4)
    desk.handle_next()

    assert desk.messages == [["1 firing", "1 firing"]]
    assert desk.lines[-1].reason == Reason.REPEAT
    assert desk.log.claim("pagerduty", NOON + timedelta(hours=8, seconds=-1)) is None
    assert desk.log.claim("pagerduty", NOON + timedelta(hours=8)) is not None


def test_what_has_ended_is_not_repeated() -> None:
    desk = paged_desk()
    desk.queue(alert(level=Level.CRITICAL))
    desk.handle_next()
    desk.queue(alert(revision=2, **RESOLVED))

    desk.handle_all()

    assert desk.log.queue == {}


def test_a_revision_that_comes_while_a_repeat_waits_begins_its_own_wait() -> None:
    desk = paged_desk()
    desk.queue(alert(level=Level.CRITICAL))
    desk.handle_all()
    desk.clock.now = NOON + timedelta(hours=1, seconds=1)
    desk.queue(alert(revision=2, level=Level.HIGH))

    desk.handle_all()

    assert desk.clock.now == NOON + timedelta(hours=1, minutes=5)
    assert desk.messages == [["1 firing", "2 firing"]]


def test_an_inhibited_alert_is_paged_when_the_other_one_ends() -> None:
    desk = paged_desk()
    source = alert("source", level=Level.CRITICAL)
    desk.firing.note([source], desk.routing.inhibit_rules, NOON)
    desk.queue(alert())
    desk.handle_next()
    assert desk.lines[-1].reason == "inhibited while another alert fires: source by r:8"

    desk.firing.note([alert("source", 2, **RESOLVED)], desk.routing.inhibit_rules, NOON)
    desk.handle_all()

    assert desk.clock.now == NOON + MINUTE
    assert desk.messages == [["1 firing"]]


def test_what_ends_while_it_is_inhibited_wakes_nobody() -> None:
    desk = paged_desk()
    desk.firing.note([alert("source", level=Level.CRITICAL)], desk.routing.inhibit_rules, NOON)
    desk.queue(alert())
    desk.handle_next()
    desk.queue(alert(revision=2, **RESOLVED))

    desk.handle_all()

    assert desk.lines[-1].reason == Reason.ENDED_INHIBITED
    assert desk.messages == []
