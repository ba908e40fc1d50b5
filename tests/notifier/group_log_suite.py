"""The contract of NotificationLog about groups, for every implementation; groups are countries."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from schemas.alert import Alert, Level, Status
from schemas.ledger import Entry
from services.notifier.domain.entry import join_group, record_sent
from services.notifier.domain.errors import LeaseLost
from services.notifier.domain.grouping.group import AlertGroup
from services.notifier.domain.ports import Claim, MemberUpdate, NotificationLog, Settlement
from tests.fakes import FakeClock
from tests.notifier.alerts import SECOND, alert, job

IRAQ, IRAN = "group/IQ", "group/IR"
CRITICAL: dict[str, Any] = {"level": Level.CRITICAL}


def place_by_country(shown: Alert, receiver: str, now: datetime) -> str | None:
    del now
    return f"group/{shown.group['country']}" if receiver == "slack" else None


def put(log: NotificationLog, clock: FakeClock, *alerts: Alert) -> None:
    log.put([job(shown, offset) for offset, shown in enumerate(alerts)], ["slack"], clock())


def claimed(log: NotificationLog, clock: FakeClock) -> tuple[Claim, AlertGroup]:
    claim = log.claim("slack", clock())
    assert claim is not None
    assert claim.group is not None
    return claim, claim.group


def list_revisions(group: AlertGroup) -> dict[str, int]:
    return {member.alert.id: member.alert.revision for member in group.members}


def show(group: AlertGroup, clock: FakeClock) -> Settlement:
    """All members as shown by a message; what has ended leaves."""
    updates = [
        MemberUpdate(
            member.alert,
            join_group(record_sent(member.entry, member.alert, "m1", clock()), group.id),
            leaves=member.alert.status is not Status.FIRING,
        )
        for member in group.members
    ]
    entry = Entry(revision=1, status=Status.FIRING, handle="m1", serial=1)
    return Settlement(entry, updates)


class GroupLogSuite:
    """Inherited with fixtures `log`, which places by country, and `clock`."""

    def test_alerts_of_a_group_are_claimed_together_and_without_reports(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        began = clock()
        put(log, clock, alert("a"))
        clock.move(1)
        put(log, clock, alert("b", 2))

        claim, group = claimed(log, clock)

        assert (claim.alert.id, claim.alert.revision, group.id) == (IRAQ, 1, IRAQ)
        assert list_revisions(group) == {"a": 1, "b": 2}
        assert {member.alert.evidence for member in group.members} == {()}
        assert (group.latest, group.since) == (alert("b", 2), began)
        assert {member.alert.id: member.queued_at for member in group.members} == {
            "a": began,
            "b": began + SECOND,
        }
        assert log.claim("slack", clock()) is None

    def test_a_receiver_without_groups_has_each_alert_by_itself(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        log.put([job(alert())], ["slack", "pagerduty"], clock())

        claim = log.claim("pagerduty", clock())

        assert claim is not None
        assert (claim.group, claim.alert) == (None, alert())

    def test_only_a_higher_revision_replaces_a_member(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        put(log, clock, alert("a", 2), alert("a", 3), alert("a", 1))

        _, group = claimed(log, clock)

        assert list_revisions(group) == {"a": 3}

    def test_others_wait_with_a_group_but_a_critical_alert_wakes_it(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        put(log, clock, alert("a"))
        claim, _ = claimed(log, clock)
        until = clock() + 30 * SECOND
        log.settle(claim, Settlement(until=until, is_timer=True), clock(), [])

        put(log, clock, alert("b"))
        assert log.claim("slack", clock()) is None
        put(log, clock, alert("c", **CRITICAL))

        _, group = claimed(log, clock)
        assert list_revisions(group) == {"a": 1, "b": 1, "c": 1}

    def test_a_group_that_waits_for_something_else_is_woken_by_any_alert(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        put(log, clock, alert("a"))
        claim, _ = claimed(log, clock)
        log.settle(claim, Settlement(until=clock() + 30 * SECOND), clock(), [])

        put(log, clock, alert("b"))

        assert len(claimed(log, clock)[1].members) == 2

    def test_it_is_due_when_it_said(self, log: NotificationLog, clock: FakeClock) -> None:
        put(log, clock, alert("a"))
        claim, _ = claimed(log, clock)
        later = Settlement(until=clock() + 30 * SECOND, is_timer=True, attempts=3)
        log.settle(claim, later, clock(), [])

        assert log.claim("slack", clock.move(29)) is None
        clock.move(1)
        assert claimed(log, clock)[0].attempts == 3

    def test_what_is_shown_is_in_the_log_and_stays_until_it_ends(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        put(log, clock, alert("a"), alert("b", 2, status=Status.RESOLVED))
        claim, group = claimed(log, clock)
        log.settle(claim, show(group, clock), clock(), [])
        assert (log.claim("slack", clock()), log.depth("slack")) == (None, 0)

        put(log, clock, alert("c"))
        claim, group = claimed(log, clock)

        entries = {member.alert.id: member.entry for member in group.members}
        assert (entries["a"].status, entries["a"].group) == (Status.FIRING, IRAQ)
        assert entries["c"] == Entry()
        assert (claim.entry.handle, claim.alert.revision) == ("m1", 2)

    def test_what_came_meanwhile_is_due_at_once(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        put(log, clock, alert("a"))
        claim, group = claimed(log, clock)
        put(log, clock, alert("a", 2, status=Status.RESOLVED))

        leaving = [MemberUpdate(member.alert, leaves=True) for member in group.members]
        log.settle(claim, Settlement(members=leaving), clock(), [])

        _, group = claimed(log, clock)
        assert list_revisions(group) == {"a": 2}

    def test_a_group_without_alerts_is_gone_and_begins_anew(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        put(log, clock, alert("a"))
        claim, group = claimed(log, clock)
        leaving = [MemberUpdate(member.alert, leaves=True) for member in group.members]
        log.settle(claim, Settlement(members=leaving, until=clock() + SECOND), clock(), [])
        assert log.depth("slack") == 0

        clock.move(60)
        put(log, clock, alert("b"))

        assert claimed(log, clock)[1].since == clock()

    def test_an_alert_that_waits_moves_with_its_labels(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        put(log, clock, alert("a"), alert("b"))
        put(log, clock, alert("a", 2, group={"country": "IR"}))

        groups = {group.id: list_revisions(group) for _, group in [claimed(log, clock)] * 1}
        groups |= {group.id: list_revisions(group) for _, group in [claimed(log, clock)]}

        assert groups == {IRAQ: {"b": 1}, IRAN: {"a": 2}}

    def test_one_that_is_shown_stays_where_it_is(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        put(log, clock, alert("a"))
        claim, group = claimed(log, clock)
        log.settle(claim, show(group, clock), clock(), [])

        put(log, clock, alert("a", 2, group={"country": "IR"}))

        assert claimed(log, clock)[1].id == IRAQ

    def test_a_repeat_is_as_old_as_it_is_due_and_the_next_alert_is_not_idle(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        put(log, clock, alert("a"))
        claim, group = claimed(log, clock)
        repeat = show(group, clock)
        until = clock() + timedelta(hours=4)
        log.settle(
            claim, Settlement(repeat.entry, repeat.members, until, is_idle=True), clock(), []
        )

        clock.move(60)
        put(log, clock, alert("b"))

        assert claimed(log, clock)[0].since == clock()

    def test_the_worst_alert_gives_a_group_its_place(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        low: dict[str, Any] = {"level": Level.LOW}
        put(log, clock, alert("x", group={"country": "IR"}))
        put(log, clock, alert("a", **CRITICAL), alert("b", **low))

        assert [claimed(log, clock)[1].id for _ in range(2)] == [IRAQ, IRAN]

    def test_without_the_lease_a_group_is_not_settled(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        put(log, clock, alert("a"))
        claim, group = claimed(log, clock)
        log.settle(claim, Settlement(until=clock() + SECOND), clock(), [])

        with pytest.raises(LeaseLost):
            log.settle(claim, show(group, clock), clock(), [])
