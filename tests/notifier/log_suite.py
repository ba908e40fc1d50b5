"""The contract of NotificationLog, for every implementation."""

from abc import ABC, abstractmethod
from collections.abc import Callable

import pytest

from schemas.alert import Status
from schemas.ledger import Act, Entry, LedgerLine
from services.notifier.domain.errors import LeaseLost
from services.notifier.domain.ports import Delay, NotificationLog, OutboxRecord
from tests.fakes import FakeClock
from tests.notifier.alerts import SECOND, alert, job
from tests.notifier.log_steps import RECORD, claimed, doubted, put


class LogSuite(ABC):
    """Inherited with fixtures `log`, `clock` and `pass_hold`, which lets the leases end."""

    def test_a_job_is_claimed_as_it_was_queued(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        put(log, clock, alert())

        claim = claimed(log, clock)

        assert (claim.job, claim.receiver) == (job(alert()), "slack")
        assert (claim.entry, claim.attempts, claim.since) == (Entry(), 0, clock())

    def test_each_receiver_has_its_own_queue(self, log: NotificationLog, clock: FakeClock) -> None:
        log.put([job(alert())], ["slack", "pagerduty"], clock())
        log.finish(claimed(log, clock), None, clock(), [])

        assert (log.depth("slack"), log.depth("pagerduty")) == (0, 1)

    def test_a_claimed_job_is_claimed_by_nobody_else(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        put(log, clock, alert())
        claimed(log, clock)

        assert log.claim("slack", clock()) is None

    def test_a_newer_revision_replaces_a_queued_one_and_an_older_does_not(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        put(log, clock, alert(revision=2), alert(revision=3), alert(revision=1))

        assert claimed(log, clock).job == job(alert(revision=3), 1)
        assert log.depth("slack") == 1

    def test_a_finished_job_is_gone(self, log: NotificationLog, clock: FakeClock) -> None:
        put(log, clock, alert())
        log.finish(claimed(log, clock), None, clock(), [])

        assert log.claim("slack", clock.move(3600)) is None
        assert log.depth("slack") == 0

    def test_finishing_stores_the_entry_and_the_records_with_the_end_of_the_job(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        put(log, clock, alert())
        entry = Entry(revision=1, handle="m1", serial=2)

        log.finish(claimed(log, clock), entry, clock(), [RECORD])

        assert log.depth("slack") == 0
        assert self.records(log) == [RECORD]
        put(log, clock, alert(revision=2))
        assert claimed(log, clock).entry == entry

    def test_finishing_a_job_leaves_a_newer_revision_queued_with_the_entry(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        put(log, clock, alert())
        claim = claimed(log, clock)
        put(log, clock, alert(revision=2))

        log.finish(claim, Entry(revision=1, serial=1), clock.move(5), [RECORD])

        newer = claimed(log, clock)
        assert (newer.alert.revision, newer.entry.revision) == (2, 1)
        assert (newer.attempts, newer.since) == (0, clock())

    def test_finishing_without_an_entry_keeps_the_logs(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        put(log, clock, alert())
        claim = claimed(log, clock)
        log.write(claim, Entry(revision=1), clock(), [])
        log.finish(claim, None, clock(), [])

        put(log, clock, alert(revision=2))
        assert claimed(log, clock).entry == Entry(revision=1)

    def test_a_newer_revision_queued_meanwhile_is_due_when_the_older_is_finished(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        put(log, clock, alert())
        claim = claimed(log, clock)
        put(log, clock, alert(revision=2))

        assert log.claim("slack", clock.move(1)) is None
        log.finish(claim, None, clock(), [])

        assert claimed(log, clock).alert.revision == 2

    def test_a_deferred_job_is_due_at_its_time(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        put(log, clock, alert())
        log.defer(claimed(log, clock), Delay(Entry(), clock() + 5 * SECOND, 3), [])

        assert log.claim("slack", clock.move(4.9)) is None
        claim = log.claim("slack", clock.move(0.1))
        assert claim is not None
        assert claim.attempts == 3

    def test_a_job_that_was_held_on_purpose_is_known_as_such_whoever_claims_it_later(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        put(log, clock, alert())
        before = claimed(log, clock)
        log.defer(before, Delay(None, clock() + SECOND, 1, is_held=True), [])
        clock.move(1)
        log.defer(claimed(log, clock), Delay(None, clock() + SECOND, 2), [])

        clock.move(1)

        assert (before.is_held, claimed(log, clock).is_held) == (False, True)

    def test_a_newer_revision_ignores_the_delay_of_an_older(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        put(log, clock, alert())
        log.defer(claimed(log, clock), Delay(Entry(), clock() + 60 * SECOND, 1), [])

        put(log, clock, alert(revision=2))

        claim = claimed(log, clock)
        assert (claim.alert.revision, claim.attempts) == (2, 1)

    def test_a_job_that_waits_to_be_repeated_is_as_old_as_its_repeat(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        put(log, clock, alert())
        repeat_at = clock() + 60 * SECOND
        log.defer(claimed(log, clock), Delay(None, repeat_at, 0, is_idle=True), [])

        assert log.claim("slack", clock.move(59)) is None
        clock.move(1)
        assert claimed(log, clock).since == repeat_at

    def test_a_newer_revision_does_not_wait_since_an_older_was_shown(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        put(log, clock, alert())
        repeat_at = clock() + 60 * SECOND
        log.defer(claimed(log, clock), Delay(None, repeat_at, 0, is_idle=True), [])
        clock.move(10)

        put(log, clock, alert(revision=2))
        clock.move(5)
        put(log, clock, alert(revision=3))

        assert claimed(log, clock).since == clock() - 5 * SECOND

    def test_a_newer_revision_queued_while_an_older_fails_is_due_at_once(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        put(log, clock, alert())
        claim = claimed(log, clock)
        put(log, clock, alert(revision=2))

        log.defer(claim, Delay(Entry(), clock() + 60 * SECOND, 1), [])

        assert claimed(log, clock).alert.revision == 2

    def test_a_written_entry_is_read_by_the_next_claim(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        put(log, clock, alert())
        claim = claimed(log, clock)
        entry = doubted(clock()).model_copy(update={"handle": '{"ts": "1"}'})
        log.write(claim, entry, clock(), [RECORD])
        log.finish(claim, None, clock(), [])

        put(log, clock, alert(revision=2))

        assert claimed(log, clock).entry == entry

    def test_a_delay_without_an_entry_keeps_the_logs(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        put(log, clock, alert())
        claim = claimed(log, clock)
        entry = doubted(clock())
        log.write(claim, entry, clock(), [])

        log.defer(claim, Delay(None, clock(), 1), [])

        assert claimed(log, clock).entry == entry

    def test_after_a_lease_has_ended_another_claim_continues(
        self, log: NotificationLog, clock: FakeClock, pass_hold: Callable[[], None]
    ) -> None:
        put(log, clock, alert())
        first = claimed(log, clock)
        entry = doubted(clock())
        log.write(first, entry, clock(), [])

        pass_hold()

        second = claimed(log, clock)
        assert second.entry == entry
        assert second.token != first.token

    @pytest.mark.parametrize("act", ["write", "finish", "defer"])
    def test_without_the_lease_nothing_is_written(
        self, log: NotificationLog, clock: FakeClock, pass_hold: Callable[[], None], act: str
    ) -> None:
        put(log, clock, alert())
        lost = claimed(log, clock)
        pass_hold()
        held = claimed(log, clock)

        acts: dict[str, Callable[[], None]] = {
            "write": lambda: log.write(lost, Entry(revision=9), clock(), [RECORD]),
            "finish": lambda: log.finish(lost, None, clock(), [RECORD]),
            "defer": lambda: log.defer(lost, Delay(Entry(revision=9), clock(), 1), [RECORD]),
        }
        with pytest.raises(LeaseLost):
            acts[act]()

        log.defer(held, Delay(None, clock(), 0), [])
        assert claimed(log, clock).entry == Entry()
        assert self.records(log) == []

    def test_records_are_appended_with_the_entry_and_with_the_end_of_the_job(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        put(log, clock, alert(status=Status.RESOLVED))
        claim = claimed(log, clock)

        log.write(claim, Entry(revision=1), clock(), [RECORD])
        log.finish(claim, None, clock(), [RECORD])

        assert self.records(log) == [RECORD, RECORD]

    def test_a_revision_that_replaces_a_queued_one_has_a_line(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        put(log, clock, alert(), alert(revision=2))

        (line,) = [LedgerLine.model_validate_json(record.value) for record in self.records(log)]
        assert (line.act, line.revision, line.receiver) == (Act.SUPERSEDES, 2, "slack")

    def test_records_are_appended_with_a_delay(
        self, log: NotificationLog, clock: FakeClock
    ) -> None:
        put(log, clock, alert())

        log.defer(claimed(log, clock), Delay(None, clock() + SECOND, 1), [RECORD])

        assert self.records(log) == [RECORD]

    @abstractmethod
    def records(self, log: NotificationLog) -> list[OutboxRecord]:
        """The records in the outbox."""
