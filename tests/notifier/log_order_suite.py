"""The order in which a NotificationLog gives its jobs, for every implementation."""

import pytest

from schemas.alert import Level, Status
from schemas.ledger import Entry
from services.notifier.domain.entry import record_sent
from services.notifier.domain.ports import Delay, NotificationLog
from services.notifier.domain.urgency import Lane, Priority
from tests.fakes import FakeClock
from tests.notifier.alerts import SECOND, alert
from tests.notifier.log_steps import claimed, put


class LogOrderSuite:
    """Inherited with fixtures `log` and `clock`."""

    def test_jobs_are_claimed_in_the_order_of_their_time(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        for identity in ("b", "a", "c"):
            put(log, clock, alert(identity))
            clock.move(1)

        assert [claimed(log, clock).alert.id for _ in range(3)] == ["b", "a", "c"]

    def test_the_most_urgent_job_is_claimed_first(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        self._show(log, clock, "edited")
        self._show(log, clock, "ended")
        put(log, clock, alert("edited", 2), alert("low", level=Level.LOW), alert("high"))
        put(log, clock, alert("ended", 2, status=Status.RESOLVED))
        put(log, clock, alert("critical", level=Level.CRITICAL))

        order = [claimed(log, clock).alert.id for _ in range(5)]

        assert order == ["critical", "high", "ended", "low", "edited"]

    @pytest.mark.parametrize(("lane", "expected"), [(Lane.POST, "new"), (Lane.EDIT, "shown")])
    def test_a_paused_lane_keeps_its_jobs_and_stops_no_other(
        self, log: NotificationLog, clock: FakeClock, lane: Lane, expected: str
    ) -> None:
        self._show(log, clock, "shown")
        put(log, clock, alert("new"), alert("shown", 2, status=Status.RESOLVED))

        claim = log.claim("slack", clock(), [lane])

        assert claim is not None
        assert claim.alert.id == expected
        assert log.claim("slack", clock(), [lane]) is None
        assert log.claim("slack", clock()) is not None

    def test_a_deferred_job_comes_back_at_its_place(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        put(log, clock, alert("critical", level=Level.CRITICAL))
        log.defer(claimed(log, clock), Delay(None, clock() + SECOND, 1), [])
        put(log, clock, alert("low", level=Level.LOW), alert("high"))
        clock.move(1)

        assert [claimed(log, clock).alert.id for _ in range(3)] == ["critical", "high", "low"]

    def test_the_oldest_due_job_of_each_priority_is_known(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        put(log, clock, alert("first"))
        since = clock()
        clock.move(5)
        put(log, clock, alert("second"), alert("low", level=Level.LOW))

        assert log.list_oldest("slack") == {Priority.HIGH: since, Priority.OTHER: clock()}

    def _show(self, log: NotificationLog, clock: FakeClock, identity: str) -> None:
        """Have Slack show revision 1 of an alert."""
        put(log, clock, alert(identity))
        claim = claimed(log, clock)
        log.finish(claim, record_sent(Entry(), claim.alert, "m1", clock()), clock(), [])
