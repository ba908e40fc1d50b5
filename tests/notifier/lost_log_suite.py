"""The contract of LostLog, and of a NotificationLog that is lost."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from schemas.ledger import Entry
from services.notifier.domain.errors import LeaseLost, LogLost
from services.notifier.domain.ports import NotificationLog
from services.notifier.domain.rebuild_ports import Completion, LostLog, RecoveredEntry
from tests.fakes import FakeClock
from tests.notifier.alerts import alert, job
from tests.notifier.log_steps import RECORD, claimed, put

DONE = Completion(datetime(2026, 11, 22, tzinfo=UTC), gap=True)


class LostLogSuite:
    """Inherited with fixtures `log` and `clock`.

    `lost` and `other` are the same log for two rebuilding notifiers; `lose` loses it.
    """

    def test_a_lost_log_queues_nothing_and_refuses_claims(
        self, log: NotificationLog, clock: FakeClock, lose: Callable[[], None]
    ) -> None:
        put(log, clock, alert())
        lose()

        with pytest.raises(LogLost):
            put(log, clock, alert())
        with pytest.raises(LogLost):
            log.claim("slack", clock())
        assert log.depth("slack") == 0

    def test_a_claim_from_before_the_loss_writes_nothing(
        self, log: NotificationLog, clock: FakeClock, lose: Callable[[], None]
    ) -> None:
        put(log, clock, alert())
        claim = claimed(log, clock)
        lose()

        with pytest.raises(LeaseLost):
            log.write(claim, Entry(revision=1), clock(), [RECORD])

    def test_a_rebuilt_log_continues(
        self, log: NotificationLog, clock: FakeClock, lost: LostLog, lose: Callable[[], None]
    ) -> None:
        lose()
        assert lost.lease()
        entry = Entry(revision=1, handle="m1", serial=2)

        lost.keep([RecoveredEntry("slack", "a1", entry, clock(), is_over=False)], clock())
        lost.queue([("slack", job(alert(revision=2)))], clock())
        assert lost.completion() is None
        lost.complete(DONE)

        assert lost.completion() == DONE
        claim = claimed(log, clock)
        assert (claim.entry, claim.alert.revision) == (entry, 2)

    def test_a_kept_entry_replaces_no_newer_one(
        self, clock: FakeClock, lost: LostLog, lose: Callable[[], None]
    ) -> None:
        lose()
        lost.lease()

        for serial in (1, 3, 2):
            entry = Entry(revision=serial, serial=serial)
            lost.keep([RecoveredEntry("slack", "a1", entry, clock(), is_over=False)], clock())

        kept = lost.entries([("slack", "a1"), ("slack", "a2")])
        assert kept == [Entry(revision=3, serial=3), None]

    def test_an_alert_that_ended_long_ago_is_not_kept(
        self, clock: FakeClock, lost: LostLog, lose: Callable[[], None]
    ) -> None:
        lose()
        lost.lease()
        times = {"old": clock() - timedelta(days=31), "new": clock() - timedelta(days=29)}

        lost.keep(
            [RecoveredEntry("slack", name, Entry(), at, True) for name, at in times.items()],
            clock(),
        )

        assert lost.entries([("slack", "old"), ("slack", "new")]) == [None, Entry()]

    def test_one_notifier_rebuilds_at_a_time(
        self, clock: FakeClock, lost: LostLog, other: LostLog, lose: Callable[[], None]
    ) -> None:
        lose()

        assert lost.lease()
        assert lost.lease()
        assert not other.lease()
        writes: list[Callable[[], None]] = [
            other.renew,
            lambda: other.keep(
                [RecoveredEntry("slack", "a1", Entry(), clock(), is_over=False)], clock()
            ),
            lambda: other.queue([("slack", job(alert()))], clock()),
            lambda: other.complete(DONE),
        ]
        for write in writes:
            with pytest.raises(LeaseLost):
                write()
        assert lost.entries([("slack", "a1")]) == [None]
        lost.complete(DONE)

    def test_a_log_lost_again_is_not_completed(
        self, lost: LostLog, lose: Callable[[], None]
    ) -> None:
        lose()
        lost.lease()
        lose()

        with pytest.raises(LeaseLost):
            lost.renew()
        with pytest.raises(LeaseLost):
            lost.complete(DONE)
        assert lost.completion() is None
