"""What every NotificationLog promises, whatever it is kept in."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from schemas.alert import Alert, Status
from services.notifier.domain.entry import Entry, announced
from services.notifier.domain.errors import LeaseLost
from services.notifier.domain.ports import Claim, Letter, NotificationLog
from tests.fakes import FakeClock
from tests.notifier.alerts import SECOND, alert, job

HOLD = timedelta(seconds=30)
LETTER = Letter("ledger", b"k", b"v", [("ce_id", b"x")])


class LogSuite:
    """Inherited with fixtures `log`, `clock` and `pass_hold`, which lets the leases end."""

    def put(self, log: NotificationLog, clock: FakeClock, *alerts: Alert) -> None:
        log.put([job(one, offset) for offset, one in enumerate(alerts)], ["slack"], clock())

    def claimed(self, log: NotificationLog, clock: FakeClock) -> Claim:
        claim = log.claim("slack", clock())
        assert claim is not None
        return claim

    def test_what_is_put_is_claimed_as_it_came(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        self.put(log, clock, alert())

        claim = self.claimed(log, clock)

        assert (claim.job, claim.receiver) == (job(alert()), "slack")
        assert (claim.entry, claim.attempts, claim.since) == (Entry(), 0, clock())

    def test_each_receiver_has_a_queue_of_its_own(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        log.put([job(alert())], ["slack", "pagerduty"], clock())
        log.done(self.claimed(log, clock), clock())

        assert (log.depth("slack"), log.depth("pagerduty")) == (0, 1)

    def test_a_claimed_job_is_nobody_elses(self, log: NotificationLog, clock: FakeClock) -> None:
        self.put(log, clock, alert())
        self.claimed(log, clock)

        assert log.claim("slack", clock()) is None

    def test_jobs_come_in_the_order_of_their_time(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        for identity in ("b", "a", "c"):
            self.put(log, clock, alert(identity))
            clock.move(1)

        assert [self.claimed(log, clock).alert.id for _ in range(3)] == ["b", "a", "c"]

    def test_a_newer_revision_replaces_a_queued_one_and_an_older_does_not(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        self.put(log, clock, alert(revision=2), alert(revision=3), alert(revision=1))

        assert self.claimed(log, clock).job == job(alert(revision=3), 1)
        assert log.depth("slack") == 1

    def test_what_is_done_is_gone(self, log: NotificationLog, clock: FakeClock) -> None:
        self.put(log, clock, alert())
        log.done(self.claimed(log, clock), clock())

        assert log.claim("slack", clock.move(3600)) is None
        assert log.depth("slack") == 0

    def test_a_newer_revision_put_meanwhile_is_due_when_the_older_is_done(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        self.put(log, clock, alert())
        claim = self.claimed(log, clock)
        self.put(log, clock, alert(revision=2))

        assert log.claim("slack", clock.move(1)) is None
        log.done(claim, clock())

        assert self.claimed(log, clock).alert.revision == 2

    def test_what_is_put_off_comes_at_its_time(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        self.put(log, clock, alert())
        log.later(self.claimed(log, clock), Entry(), clock() + 5 * SECOND, 3)

        assert log.claim("slack", clock.move(4.9)) is None
        claim = log.claim("slack", clock.move(0.1))
        assert claim is not None
        assert claim.attempts == 3

    def test_a_newer_revision_waits_for_nothing(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        self.put(log, clock, alert())
        log.later(self.claimed(log, clock), Entry(), clock() + 60 * SECOND, 1)

        self.put(log, clock, alert(revision=2))

        claim = self.claimed(log, clock)
        assert (claim.alert.revision, claim.attempts) == (2, 1)

    def test_a_newer_revision_put_while_an_older_fails_is_due_at_once(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        self.put(log, clock, alert())
        claim = self.claimed(log, clock)
        self.put(log, clock, alert(revision=2))

        log.later(claim, Entry(), clock() + 60 * SECOND, 1)

        assert self.claimed(log, clock).alert.revision == 2

    def test_what_is_written_is_read_by_the_next_claim(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        self.put(log, clock, alert())
        claim = self.claimed(log, clock)
        entry = announced(Entry(handle='{"ts": "1"}'), 1, clock(), HOLD)
        log.write(claim, entry, clock(), [LETTER])
        log.done(claim, clock())

        self.put(log, clock, alert(revision=2))

        assert self.claimed(log, clock).entry == entry

    def test_putting_off_can_leave_the_entry_alone(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        self.put(log, clock, alert())
        claim = self.claimed(log, clock)
        entry = announced(Entry(), 1, clock(), HOLD)
        log.write(claim, entry, clock(), [])

        log.later(claim, None, clock(), 1)

        assert self.claimed(log, clock).entry == entry

    def test_a_lease_that_ended_lets_another_go_on(
        self, log: NotificationLog, clock: FakeClock, pass_hold: Callable[[], None]
    ) -> None:
        self.put(log, clock, alert())
        first = self.claimed(log, clock)
        entry = announced(Entry(), 1, clock(), HOLD)
        log.write(first, entry, clock(), [])

        pass_hold()

        second = self.claimed(log, clock)
        assert second.entry == entry
        assert second.token != first.token

    @pytest.mark.parametrize("act", ["write", "done", "later"])
    def test_who_lost_the_lease_writes_nothing(
        self, log: NotificationLog, clock: FakeClock, pass_hold: Callable[[], None], act: str
    ) -> None:
        self.put(log, clock, alert())
        lost = self.claimed(log, clock)
        pass_hold()
        held = self.claimed(log, clock)

        acts: dict[str, Callable[[], None]] = {
            "write": lambda: log.write(lost, Entry(revision=9), clock(), [LETTER]),
            "done": lambda: log.done(lost, clock(), [LETTER]),
            "later": lambda: log.later(lost, Entry(revision=9), clock(), 1),
        }
        with pytest.raises(LeaseLost):
            acts[act]()

        log.later(held, None, clock(), 0)
        assert self.claimed(log, clock).entry == Entry()
        assert self.letters(log) == []

    def test_letters_go_with_what_they_tell_of(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        self.put(log, clock, alert(status=Status.RESOLVED))
        claim = self.claimed(log, clock)

        log.write(claim, Entry(revision=1), clock(), [LETTER])
        log.done(claim, clock(), [LETTER])

        assert self.letters(log) == [LETTER, LETTER]

    def letters(self, log: NotificationLog) -> list[Letter]:
        """What stands in the outbox."""
        raise NotImplementedError
